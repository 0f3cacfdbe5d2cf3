import { Command } from "commander";
import { BackendError } from "#backends/backend-error.ts";
import { readTimeout } from "#knative/deploy/options.ts";
import { OrderState } from "#protos/hipstershop.ts";
import type { ListAllOrdersResponse } from "#protos/order_admin.ts";
import { ConfigError } from "#runtime/environment.ts";
import {
  checkSourceOptions,
  type SourceOptions,
  withSourceOptions,
} from "../source/source-options.ts";
import { type AdminTarget, withOrderAdmin } from "./order-admin.ts";
import { describeOrder, formatOrders } from "./order-rows.ts";

interface OrdersOptions extends SourceOptions {
  readonly timeout?: string;
}

const defaultTimeout = "60s";

interface ListOptions extends OrdersOptions {
  readonly failed?: boolean;
  readonly json?: boolean;
  readonly limit: string;
}

/**
 * The verb `orders`. Its actions reject with BackendError if checkoutservice cannot be reached or refuses,
 * and with ConfigError for wrong arguments.
 */
export function ordersCommand(): Command {
  return withOptions(
    new Command("orders")
      .description("List the orders and their states, of the local platform or of a cluster.")
      .option("--failed", "only orders that need attention, with the customers' addresses")
      .option("--limit <number>", "the maximum number of orders, at most 1000", "50")
      .option("--json", "print JSON"),
  )
    .allowExcessArguments(false)
    .enablePositionalOptions()
    .action(list)
    .addCommand(resendCommand())
    .addCommand(forgetCommand());
}

function resendCommand(): Command {
  return withOptions(
    new Command("resend")
      .description("Deliver the confirmation of an order again; the customer gets one mail.")
      .argument("<id>", "the order's id"),
  ).action(async (orderId: string, _: unknown, command: Command) => {
    const order = await withOrderAdmin(readTarget(command.optsWithGlobals()), (admin) =>
      admin.resendConfirmation({ orderId }),
    );
    if (order.state !== OrderState.ORDER_STATE_CONFIRMED) {
      const { confirmationFailure: refusal } = order;
      const reason = refusal === "" ? "each sweep tries again" : `it was refused: ${refusal}`;
      throw new BackendError(
        `the confirmation of order ${orderId} was not accepted for delivery: ${reason}`,
      );
    }
    process.stdout.write(`the confirmation of order ${orderId} is sent to ${order.email}\n`);
  });
}

function forgetCommand(): Command {
  return withOptions(
    new Command("forget")
      .description("Remove the addresses of a customer from all settled orders.")
      .argument("<email>", "the customer's e-mail address"),
  ).action(async (email: string, _: unknown, command: Command) => {
    const { forgotten, open } = await withOrderAdmin(
      readTarget(command.optsWithGlobals()),
      (admin) => admin.forgetCustomer({ email }),
    );
    process.stdout.write(`the addresses were removed from ${countOrders(forgotten)}\n`);
    if (open === 0) return;
    process.stderr.write(
      `shop: ${countOrders(open)} of the customer ${open === 1 ? "is" : "are"} still open: run the command again once \`shop orders\` shows no open order\n`,
    );
    process.exitCode = 1;
  });
}

// Without defaults, because a default of `orders` would replace the value given to its subcommand.
function withOptions(command: Command): Command {
  return withSourceOptions(command).option(
    "--timeout <time>",
    `how long to wait for checkoutservice, such as 90s or 2m (default: ${defaultTimeout})`,
  );
}

async function list(options: ListOptions): Promise<void> {
  const { failed: failedOnly = false, json } = options;
  const problems: string[] = [];
  const pageSize = readLimit(options.limit, problems);
  const target = readTarget(options, problems);
  const { orders, totalSize }: ListAllOrdersResponse = await withOrderAdmin(target, (admin) =>
    admin.listOrders({ failedOnly, pageSize }),
  );
  const rows = orders.map(describeOrder);
  const none = failedOnly ? "no order needs attention" : "there are no orders";
  const text = rows.length === 0 ? none : formatOrders(rows, Date.now());
  process.stdout.write(`${json ? JSON.stringify(rows, null, 2) : text}\n`);
  if (totalSize > rows.length) {
    process.stderr.write(`shop: ${rows.length} of ${totalSize} orders: --limit prints more\n`);
  }
}

function readTarget(options: OrdersOptions, problems: string[] = []): AdminTarget {
  checkSourceOptions(options);
  const timeoutMs = readTimeout(options.timeout ?? defaultTimeout, problems);
  if (problems.length > 0) throw new ConfigError(problems);
  return { ...options, timeoutMs };
}

function readLimit(text: string, problems: string[]): number {
  if (/^[1-9]\d{0,3}$/.test(text) && Number(text) <= 1000) return Number(text);
  problems.push(`--limit is ${JSON.stringify(text)}: expected a number from 1 to 1000`);
  return 0;
}

function countOrders(count: number): string {
  return count === 1 ? "1 order" : `${count} orders`;
}
