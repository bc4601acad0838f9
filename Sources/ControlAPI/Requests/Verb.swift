/// The HTTP methods that mean something here (RFC 9110 section 9, RFC 5789).
enum Verb: String {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
}
