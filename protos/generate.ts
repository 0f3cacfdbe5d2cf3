import { buf } from "./buf.ts";

// Regenerates protos/gen from the .proto files.
buf("generate");
