import { serveEcho } from "./serve-echo.ts";

// The cost of gRPC alone.
serveEcho();
