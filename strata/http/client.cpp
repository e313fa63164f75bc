#include <strata/http/client.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

namespace strata::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;
using TlsStream = asio::ssl::stream<beast::tcp_stream>;
using BodyRequest = bhttp::request<bhttp::vector_body<std::uint8_t>>;

constexpr std::size_t kBuffer = 256 << 10;  // bytes of the body that are read at once
// The most bytes that the parser must see in one piece: headers, chunk extensions, trailers.
constexpr std::size_t kParsed = 64 << 10;
constexpr std::size_t kChunkExtension = 256;  // bytes of the extensions of one chunk
constexpr std::string_view kDefaultPort = "80";
constexpr std::string_view kDefaultTlsPort = "443";

/// Makes an operation store its failure in `error` instead of throwing it.
auto quiet(ErrorCode& error) {
    return asio::redirect_error(asio::use_awaitable, error);
}

struct Url {
    std::string host, port, target;
    bool is_tls = false;

    std::string_view default_port() const { return is_tls ? kDefaultTlsPort : kDefaultPort; }
};

Result<Url> parse_url(std::string_view url) {
    constexpr std::string_view kPlain = "http://", kTls = "https://";
    const bool is_tls = url.starts_with(kTls);
    if (!is_tls && !url.starts_with(kPlain))
        return fail(Errc::invalid_argument,
                    "the URL is '" + std::string(url) + "', expected http://HOST[:PORT]/PATH, or the same with https");
    url.remove_prefix(is_tls ? kTls.size() : kPlain.size());
    const auto slash = url.find('/');
    const auto authority = url.substr(0, slash);
    const auto colon = authority.rfind(':');
    // The colons of an IPv6 address are inside brackets; the port's colon follows the brackets.
    const bool has_port = colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos;
    Url out{std::string(authority.substr(0, has_port ? colon : authority.size())),
            std::string(has_port ? authority.substr(colon + 1)
                        : is_tls ? kDefaultTlsPort
                                 : kDefaultPort),
            slash == std::string_view::npos ? "/" : std::string(url.substr(slash)), is_tls};
    if (out.host.starts_with('[') && out.host.ends_with(']')) out.host = out.host.substr(1, out.host.size() - 2);
    return out;
}

class Exchange {
  public:
    Exchange(Url url, BodyRequest request, const BodySink* sink, const HeadSink& head, const ClientLimits& limits)
        : url_(std::move(url)), request_(std::move(request)), sink_(sink), head_(head), limits_(limits) {}

    Result<Answer> run() {
        asio::io_context io;
        Result<Answer> out = Errc::internal;  // stays if the coroutine throws
        // The coroutine does not outlive this function, whose io.run() runs it to its end.
        const auto into_out = [&]() -> asio::awaitable<void> {  // NOLINT(*-capturing-lambda-coroutines)
            out = co_await exchange(io);
        };
        asio::co_spawn(io, into_out, [](const std::exception_ptr&) {});
        io.run();
        return out;
    }

  private:
    Error refused(const ErrorCode& error) const {
        return fail(Errc::io,
                    "the exchange with " + bracketed(url_.host) + ":" + url_.port + " failed: " + error.message());
    }

    Error too_large() const {
        return fail(Errc::too_large, "the answer is longer than " + std::to_string(limits_.body_bytes) + " bytes");
    }

    /// Sets the deadline of the next step. The complete exchange has one too, so that a slow server cannot hold
    /// the caller with a byte now and then.
    void expire(beast::tcp_stream& stream) const {
        stream.expires_at(std::min(std::chrono::steady_clock::now() + limits_.timeout, end_));
    }

    asio::awaitable<Result<Answer>> exchange(asio::io_context& io) {
        ErrorCode error;
        tcp::resolver resolver(io);
        const auto endpoints = co_await resolver.async_resolve(url_.host, url_.port, quiet(error));
        if (error) co_return refused(error);
        beast::tcp_stream stream(io);
        expire(stream);
        co_await stream.async_connect(endpoints, quiet(error));
        if (error) co_return refused(error);
        if (url_.is_tls) co_return co_await exchange_tls(std::move(stream));
        co_return co_await exchange_on(stream, stream);
    }

    /// Checks the server's certificate against the system's store of authorities, and its name against the URL.
    asio::awaitable<Result<Answer>> exchange_tls(beast::tcp_stream&& connected) {
        ErrorCode error;
        asio::ssl::context context(asio::ssl::context::tls_client);
        context.set_default_verify_paths(error);
        if (error) co_return refused(error);
        TlsStream stream(std::move(connected), context);
        stream.set_verify_mode(asio::ssl::verify_peer);
        stream.set_verify_callback(asio::ssl::host_name_verification(url_.host));
        // Servers with several certificates choose by this name; an IP address has none (RFC 6066 §3).
        const bool is_ip = url_.host.find_first_not_of("0123456789.") == std::string::npos || url_.host.contains(':');
        if (!is_ip && SSL_set_tlsext_host_name(stream.native_handle(), url_.host.c_str()) != 1)
            co_return fail(Errc::internal, "the name of the server cannot be sent");
        expire(beast::get_lowest_layer(stream));
        co_await stream.async_handshake(asio::ssl::stream_base::client, quiet(error));
        if (error) co_return refused(error);
        co_return co_await exchange_on(stream, beast::get_lowest_layer(stream));
    }

    /// `stream` carries the bytes, `timed` has the deadlines.
    template <class Carrier>
    asio::awaitable<Result<Answer>> exchange_on(Carrier& stream, beast::tcp_stream& timed) {
        ErrorCode error;
        expire(timed);
        co_await bhttp::async_write(stream, request_, quiet(error));
        if (error) co_return refused(error);
        co_return co_await read(stream, timed);
    }

    template <class Carrier>
    asio::awaitable<Result<Answer>> read(Carrier& stream, beast::tcp_stream& timed) {
        ErrorCode error;
        beast::flat_buffer buffer(kParsed);
        bhttp::response_parser<bhttp::buffer_body> parser;
        parser.header_limit(kParsed / 2);  // smaller than the buffer, so that this limit is met first
        parser.body_limit(limits_.body_bytes);
        // The body's limit does not count the extensions of chunks, so a server could send them without end.
        std::uint64_t extensions = 0;
        auto on_chunk = [&](std::uint64_t, beast::string_view extension, ErrorCode& refused) {
            extensions += extension.size();
            if (extension.size() > kChunkExtension || extensions > kParsed) refused = bhttp::error::bad_chunk_extension;
        };
        parser.on_chunk_header(on_chunk);
        expire(timed);
        co_await bhttp::async_read_header(stream, buffer, parser, quiet(error));
        if (error == bhttp::error::body_limit) co_return too_large();
        if (error) co_return refused(error);
        Answer answer;
        answer.status = parser.get().result_int();
        for (const auto& field : parser.get()) {
            std::string name(field.name_string());
            std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
            const auto [it, is_new] = answer.headers.emplace(std::move(name), field.value());
            if (!is_new) it->second += ", " + std::string(field.value());
        }
        // The body of a failure is a message for the caller, not the data that the sink waits for.
        const bool streams = sink_ != nullptr && (answer.status == 200 || answer.status == 206);
        if (streams && head_)
            if (auto seen = head_(answer); !seen) co_return std::move(seen).error();
        Bytes part(kBuffer);
        while (!parser.is_done()) {
            parser.get().body().data = part.data();
            parser.get().body().size = part.size();
            expire(timed);
            co_await bhttp::async_read(stream, buffer, parser, quiet(error));
            if (error == bhttp::error::need_buffer) error = {};  // the part is full, but the body continues
            if (error == bhttp::error::body_limit) co_return too_large();
            if (error) co_return refused(error);
            const auto got = BytesView(part).first(part.size() - parser.get().body().size);
            if (!streams) {
                append(answer.body, got);
            } else if (auto taken = (*sink_)(got); !taken) {
                co_return std::move(taken).error();
            }
        }
        co_return answer;
    }

    Url url_;
    BodyRequest request_;
    const BodySink* sink_;
    const HeadSink& head_;
    const ClientLimits& limits_;
    const std::chrono::steady_clock::time_point end_ = std::chrono::steady_clock::now() + limits_.total;
};

Result<Answer> exchange(bhttp::verb verb, const std::string& url, const std::map<std::string, std::string>& headers,
                        BytesView body, const ClientLimits& limits, const BodySink* sink = nullptr,
                        const HeadSink& head = {}) {
    STRATA_TRY(auto parts, parse_url(url));
    BodyRequest request(verb, parts.target, 11);  // HTTP/1.1
    request.set(bhttp::field::host,
                bracketed(parts.host) + (parts.port == parts.default_port() ? "" : ":" + parts.port));
    request.set(bhttp::field::connection, "close");
    for (const auto& [name, value] : headers) request.set(name, value);
    request.body() = to_bytes(body);
    if (verb != bhttp::verb::get) request.content_length(body.size());
    return Exchange(std::move(parts), std::move(request), sink, head, limits).run();
}

}  // namespace

Result<Answer> get(const std::string& url, const std::map<std::string, std::string>& headers,
                   const ClientLimits& limits) {
    return exchange(bhttp::verb::get, url, headers, {}, limits);
}

Result<Answer> get_stream(const std::string& url, const BodySink& sink,
                          const std::map<std::string, std::string>& headers, const ClientLimits& limits,
                          const HeadSink& head) {
    return exchange(bhttp::verb::get, url, headers, {}, limits, &sink, head);
}

Result<Answer> send(const std::string& method, const std::string& url, const std::string& content_type, BytesView body,
                    const ClientLimits& limits, std::map<std::string, std::string> headers) {
    const auto verb = bhttp::string_to_verb(method);
    if (verb != bhttp::verb::post && verb != bhttp::verb::put)
        return fail(Errc::invalid_argument, "the method is '" + method + "', expected POST or PUT");
    headers.insert_or_assign("Content-Type", content_type);
    return exchange(verb, url, headers, body, limits);
}

}  // namespace strata::http
