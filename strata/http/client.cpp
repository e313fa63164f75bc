#include <strata/http/client.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

namespace strata::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;
using BodyRequest = bhttp::request<bhttp::vector_body<std::uint8_t>>;

constexpr std::size_t kBuffer = 256 << 10;  // bytes of the body that are read at once
// The most bytes that the parser must see in one piece: headers, chunk extensions, trailers.
constexpr std::size_t kParsed = 64 << 10;
constexpr std::size_t kChunkExtension = 256;  // bytes of the extensions of one chunk
constexpr std::string_view kDefaultPort = "80";

/// Makes an operation store its failure in `error` instead of throwing it.
auto quiet(ErrorCode& error) {
    return asio::redirect_error(asio::use_awaitable, error);
}

struct Url {
    std::string host, port, target;
};

Result<Url> parse_url(std::string_view url) {
    constexpr std::string_view kScheme = "http://";
    if (!url.starts_with(kScheme))
        return fail(Errc::invalid_argument, "the URL is '" + std::string(url) + "', expected http://HOST[:PORT]/PATH");
    url.remove_prefix(kScheme.size());
    const auto slash = url.find('/');
    const auto authority = url.substr(0, slash);
    const auto colon = authority.rfind(':');
    // The colons of an IPv6 address are inside brackets; the port's colon follows the brackets.
    const bool has_port = colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos;
    Url out{std::string(authority.substr(0, has_port ? colon : authority.size())),
            std::string(has_port ? authority.substr(colon + 1) : kDefaultPort),
            slash == std::string_view::npos ? "/" : std::string(url.substr(slash))};
    if (out.host.starts_with('[') && out.host.ends_with(']')) out.host = out.host.substr(1, out.host.size() - 2);
    return out;
}

class Exchange {
  public:
    Exchange(Url url, BodyRequest request, const BodySink* sink, const ClientLimits& limits)
        : url_(std::move(url)), request_(std::move(request)), sink_(sink), limits_(limits) {}

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
        expire(stream);
        co_await bhttp::async_write(stream, request_, quiet(error));
        if (error) co_return refused(error);
        co_return co_await read(stream);
    }

    asio::awaitable<Result<Answer>> read(beast::tcp_stream& stream) {
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
        expire(stream);
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
        Bytes part(kBuffer);
        while (!parser.is_done()) {
            parser.get().body().data = part.data();
            parser.get().body().size = part.size();
            expire(stream);
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
    const ClientLimits& limits_;
    const std::chrono::steady_clock::time_point end_ = std::chrono::steady_clock::now() + limits_.total;
};

Result<Answer> exchange(bhttp::verb verb, const std::string& url, const std::map<std::string, std::string>& headers,
                        BytesView body, const BodySink* sink, const ClientLimits& limits) {
    STRATA_TRY(auto parts, parse_url(url));
    BodyRequest request(verb, parts.target, 11);  // HTTP/1.1
    request.set(bhttp::field::host, bracketed(parts.host) + (parts.port == kDefaultPort ? "" : ":" + parts.port));
    request.set(bhttp::field::connection, "close");
    for (const auto& [name, value] : headers) request.set(name, value);
    request.body() = to_bytes(body);
    if (verb != bhttp::verb::get) request.content_length(body.size());
    return Exchange(std::move(parts), std::move(request), sink, limits).run();
}

}  // namespace

Result<Answer> get(const std::string& url, const std::map<std::string, std::string>& headers,
                   const ClientLimits& limits) {
    return exchange(bhttp::verb::get, url, headers, {}, nullptr, limits);
}

Result<Answer> get_stream(const std::string& url, const BodySink& sink,
                          const std::map<std::string, std::string>& headers, const ClientLimits& limits) {
    return exchange(bhttp::verb::get, url, headers, {}, &sink, limits);
}

Result<Answer> send(const std::string& method, const std::string& url, const std::string& content_type, BytesView body,
                    const ClientLimits& limits, std::map<std::string, std::string> headers) {
    const auto verb = bhttp::string_to_verb(method);
    if (verb != bhttp::verb::post && verb != bhttp::verb::put)
        return fail(Errc::invalid_argument, "the method is '" + method + "', expected POST or PUT");
    headers.insert_or_assign("Content-Type", content_type);
    return exchange(verb, url, headers, body, nullptr, limits);
}

}  // namespace strata::http
