import { secureHeaders } from "hono/secure-headers";

/** The security headers of every response. Pages have no scripts, no frames and no external content. */
export const securityHeaders = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'"],
    // For tools that load robots.txt from within a page, such as Lighthouse.
    connectSrc: ["'self'"],
    formAction: ["'self'"],
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
  },
  // POST /setCurrency returns to the page in the Referer.
  referrerPolicy: "same-origin",
  // Browsers apply it only if a proxy terminates TLS. Sub-domains may belong to other services.
  strictTransportSecurity: "max-age=15552000",
  xFrameOptions: "DENY",
});
