import { startPlatform } from "./platform.ts";
import { closeOnSignal } from "./until-signal.ts";

// The whole shop in one container: the program of the image that the root func.yaml deploys. What
// cannot start is said by Node itself, and ends with exit code 1.
void startPlatform().then(closeOnSignal);
