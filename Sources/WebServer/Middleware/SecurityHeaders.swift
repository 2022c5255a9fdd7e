extension Middleware {
  /// The fields that tell a browser to be careful with an answer; those that a handler has set stay as they are.
  public static let securityHeaders = after { _, response in response.fields.addMissing(securityFields) }

  private static let securityFields = SharedFields([
    (
      "Content-Security-Policy",
      "default-src 'self';base-uri 'self';font-src 'self' https: data:;form-action 'self';frame-ancestors 'self';"
        + "img-src 'self' data:;object-src 'none';script-src 'self';script-src-attr 'none';"
        + "style-src 'self' https: 'unsafe-inline';upgrade-insecure-requests"
    ),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Origin-Agent-Cluster", "?1"),
    ("Referrer-Policy", "no-referrer"),
    ("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-DNS-Prefetch-Control", "off"),
    ("X-Download-Options", "noopen"),
    ("X-Frame-Options", "SAMEORIGIN"),
    ("X-Permitted-Cross-Domain-Policies", "none"),
    ("X-XSS-Protection", "0"),
  ])
}
