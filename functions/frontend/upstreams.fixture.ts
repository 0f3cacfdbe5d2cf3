import {
  AdServiceDefinition,
  CartServiceDefinition,
  CheckoutServiceDefinition,
  CurrencyServiceDefinition,
  type Money,
  type OrderItem,
  type PlaceOrderRequest,
  type Product,
  ProductCatalogServiceDefinition,
  RecommendationServiceDefinition,
  ShippingServiceDefinition,
} from "#protos/hipstershop.ts";
import { serveForTest, type TestServer } from "#runtime/fixtures/serve-for-test.ts";
import { multiplyMoney, sumMoney } from "#runtime/money.ts";
import { type Handlers, implement, type ServiceImplementation } from "#runtime/rpc.ts";
import { StatusError } from "#runtime/status.ts";
import type { UpstreamAddresses } from "./config.ts";

/** The functions behind the storefront, small and in one process, with what was asked of them. */
export interface TestUpstreams {
  readonly addresses: UpstreamAddresses;
  /** The calls so far, as `Service/Method`. */
  readonly calls: string[];
  /** What each cart holds: quantities by product id, by user id. */
  readonly carts: Map<string, Map<string, number>>;
  /** The orders so far. */
  readonly orders: PlaceOrderRequest[];
  /** What calls fail with, by `Service/Method`. */
  readonly failures: Map<string, StatusError>;
  /** What calls wait for before they are answered, by `Service/Method`. */
  readonly waits: Map<string, Promise<unknown>>;
  /** The goods. */
  readonly products: Product[];
  close(): Promise<void>;
}

/** Starts them. Prices in any other currency are twice those in US dollars. */
export async function startTestUpstreams(): Promise<TestUpstreams> {
  const state = {
    calls: [] as string[],
    carts: new Map<string, Map<string, number>>(),
    orders: [] as PlaceOrderRequest[],
    failures: new Map<string, StatusError>(),
    waits: new Map<string, Promise<unknown>>(),
    products: createProducts(),
  };
  const services = createServices(state).map((service) => recordCalls(service, state));
  const server: TestServer = await serveForTest({ services });
  const { address } = server;
  const addresses = {
    catalog: address,
    currency: address,
    cart: address,
    recommendation: address,
    shipping: address,
    checkout: address,
    ad: address,
  };
  return { ...state, addresses, close: () => server.close() };
}

type State = Pick<TestUpstreams, "calls" | "carts" | "orders" | "failures" | "waits" | "products">;

function recordCalls(service: ServiceImplementation, state: State): ServiceImplementation {
  const { name } = service.definition;
  const handlers = Object.entries(service.handlers).map(([key, handle]) => {
    const recorded: typeof handle = async (request, context) => {
      const call = `${name}/${key}`;
      state.calls.push(call);
      await state.waits.get(call);
      const failure = state.failures.get(call);
      if (failure) throw failure;
      return handle(request, context);
    };
    return [key, recorded];
  });
  return { definition: service.definition, handlers: Object.fromEntries(handlers) };
}

function createServices(state: State): ServiceImplementation[] {
  return [
    implement(ProductCatalogServiceDefinition, createCatalog(state)),
    implement(CartServiceDefinition, createCart(state)),
    implement(CheckoutServiceDefinition, createCheckout(state)),
    implement(CurrencyServiceDefinition, {
      getSupportedCurrencies: () => ({
        currencyCodes: ["EUR", "USD", "JPY", "CHF", "GBP", "TRY", "CAD"],
      }),
      convert: ({ from, toCode }) => convert(from, toCode),
      convertBatch: ({ from, toCode }) => ({
        results: from.map((amount) => convert(amount, toCode)),
      }),
    }),
    implement(ShippingServiceDefinition, {
      getQuote: () => ({ costUsd: { currencyCode: "USD", units: 8n, nanos: 990_000_000 } }),
      shipOrder: () => ({ trackingId: "AB-1234-567" }),
    }),
    implement(RecommendationServiceDefinition, {
      listRecommendations: ({ productIds }) => ({
        productIds: state.products
          .map(({ id }) => id)
          .filter((id) => !productIds.includes(id))
          .slice(0, 5),
      }),
    }),
    implement(AdServiceDefinition, {
      getAds: () => ({
        ads: [{ redirectUrl: "/product/MUG", text: "Mugs: the third one is free" }],
      }),
    }),
  ];
}

function createCatalog({ products }: State): Handlers<typeof ProductCatalogServiceDefinition> {
  return {
    listProducts: () => ({ products }),
    getProduct: ({ id }) => {
      const product = products.find((candidate) => candidate.id === id);
      if (product) return product;
      throw new StatusError("NOT_FOUND", `no product with ID ${id}`);
    },
    searchProducts: ({ query }) => ({
      results: products.filter(({ name }) => name.toLowerCase().includes(query.toLowerCase())),
    }),
  };
}

function createCart({ carts }: State): Handlers<typeof CartServiceDefinition> {
  const cartOf = (userId: string) => {
    const cart = carts.get(userId) ?? new Map<string, number>();
    carts.set(userId, cart);
    return cart;
  };
  return {
    addItem: ({ userId, item }) => {
      const { productId = "", quantity = 0 } = item ?? {};
      const cart = cartOf(userId);
      cart.set(productId, (cart.get(productId) ?? 0) + quantity);
      return {};
    },
    setItemQuantity: ({ userId, item }) => {
      const { productId = "", quantity = 0 } = item ?? {};
      if (quantity === 0) cartOf(userId).delete(productId);
      else cartOf(userId).set(productId, quantity);
      return {};
    },
    getCart: ({ userId }) => ({
      userId,
      items: [...cartOf(userId)].map(([productId, quantity]) => ({ productId, quantity })),
    }),
    emptyCart: ({ userId }) => {
      carts.delete(userId);
      return {};
    },
  };
}

function createCheckout(state: State): Handlers<typeof CheckoutServiceDefinition> {
  return {
    placeOrder: (request) => {
      const { userId, userCurrency, address } = request;
      const cart = state.carts.get(userId) ?? new Map<string, number>();
      if (cart.size === 0) throw new StatusError("FAILED_PRECONDITION", "the cart is empty");
      state.orders.push(request);
      state.carts.delete(userId);
      const items: OrderItem[] = [...cart].map(([productId, quantity]) => {
        const product = state.products.find(({ id }) => id === productId);
        return { item: { productId, quantity }, cost: convert(product?.priceUsd, userCurrency) };
      });
      const shippingCost = convert(
        { currencyCode: "USD", units: 8n, nanos: 990_000_000 },
        userCurrency,
      );
      const costs = items.map(({ item, cost }) =>
        multiplyMoney(cost ?? shippingCost, item?.quantity ?? 0),
      );
      const order = {
        orderId: "7d1c1b52-6f3c-4a9e-9d3b-3a1f7c1f6a10",
        shippingTrackingId: "KM-31415-926535897",
        shippingCost,
        shippingAddress: address,
        items,
        total: sumMoney(shippingCost, ...costs),
      };
      return { order };
    },
  };
}

function convert(from: Money | undefined, toCode: string): Money {
  if (!from) throw new StatusError("INVALID_ARGUMENT", "from is missing");
  if (from.currencyCode === toCode) return from;
  return { ...multiplyMoney(from, 2), currencyCode: toCode };
}

function createProducts(): Product[] {
  const rows = [
    ["SUNGLASSES", "Sunglasses", 19n, 990_000_000, "sunglasses", "accessories"],
    ["TANKTOP", "Tank Top", 18n, 990_000_000, "tank-top", "clothing"],
    ["WATCH", "Watch", 109n, 990_000_000, "watch", "accessories"],
    ["LOAFERS", "Loafers", 89n, 990_000_000, "loafers", "footwear"],
    ["HAIRDRYER", "Hairdryer", 24n, 990_000_000, "hairdryer", "hair"],
    ["CANDLE", "Candle Holder", 18n, 990_000_000, "candle-holder", "decor"],
    ["SHAKERS", "Salt & Pepper Shakers", 18n, 490_000_000, "salt-and-pepper-shakers", "kitchen"],
    ["JAR", "Bamboo Glass Jar", 5n, 490_000_000, "bamboo-glass-jar", "kitchen"],
    ["MUG", "Mug", 8n, 990_000_000, "mug", "kitchen"],
  ] as const;
  return rows.map(([id, name, units, nanos, slug, category]) => ({
    id,
    name,
    description: `One of our ${name.toLowerCase()}, described in a sentence or two for the page.`,
    picture: `/static/img/products/${slug}.svg`,
    priceUsd: { currencyCode: "USD", units, nanos },
    categories: [category],
  }));
}
