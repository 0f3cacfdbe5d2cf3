import { buf } from "./buf.ts";

// Writes protos/gen anew from the .proto files.
buf("generate");
