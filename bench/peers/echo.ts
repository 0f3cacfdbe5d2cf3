import { serveEcho } from "./serve-echo.ts";

// What gRPC itself costs.
serveEcho();
