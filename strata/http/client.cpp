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

constexpr std::size_t kBuffer = 256 << 10;

auto quiet(ErrorCode& error) {
    return asio::redirect_error(asio::use_awaitable, error);
}

struct Url {
    std::string host, port, target;
};

Result<Url> parse_url(std::string_view url) {
    constexpr std::string_view kScheme = "http://";
    if (!url.starts_with(kScheme)) return fail(Errc::invalid_argument, "only http:// URLs: " + std::string(url));
    url.remove_prefix(kScheme.size());
    const auto slash = url.find('/');
    const auto authority = url.substr(0, slash);
    const auto colon = authority.rfind(':');
    const bool has_port = colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos;
    Url out{std::string(authority.substr(0, has_port ? colon : authority.size())),
            has_port ? std::string(authority.substr(colon + 1)) : "80",
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
        Result<Answer> out = Errc::internal;
        asio::co_spawn(io, [&]() -> asio::awaitable<void> { out = co_await exchange(io); }, [](std::exception_ptr) {});
        io.run();
        return out;
    }

  private:
    Error refused(const ErrorCode& error) const {
        return fail(Errc::io, url_.host + ":" + url_.port + ": " + error.message());
    }

    asio::awaitable<Result<Answer>> exchange(asio::io_context& io) {
        ErrorCode error;
        tcp::resolver resolver(io);
        const auto endpoints = co_await resolver.async_resolve(url_.host, url_.port, quiet(error));
        if (error) co_return refused(error);
        beast::tcp_stream stream(io);
        stream.expires_after(limits_.timeout);
        co_await stream.async_connect(endpoints, quiet(error));
        if (error) co_return refused(error);
        stream.expires_after(limits_.timeout);
        co_await bhttp::async_write(stream, request_, quiet(error));
        if (error) co_return refused(error);
        co_return co_await read(stream);
    }

    asio::awaitable<Result<Answer>> read(beast::tcp_stream& stream) {
        ErrorCode error;
        beast::flat_buffer buffer;
        bhttp::response_parser<bhttp::buffer_body> parser;
        parser.body_limit(limits_.body_bytes);
        stream.expires_after(limits_.timeout);
        co_await bhttp::async_read_header(stream, buffer, parser, quiet(error));
        if (error == bhttp::error::body_limit) co_return fail(Errc::too_large, "the answer is too large");
        if (error) co_return refused(error);
        Answer answer;
        answer.status = parser.get().result_int();
        for (const auto& field : parser.get()) {
            std::string name(field.name_string());
            std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
            answer.headers.emplace(std::move(name), field.value());
        }
        const bool streams = sink_ != nullptr && (answer.status == 200 || answer.status == 206);
        Bytes part(kBuffer);
        while (!parser.is_done()) {
            parser.get().body().data = part.data();
            parser.get().body().size = part.size();
            stream.expires_after(limits_.timeout);
            co_await bhttp::async_read(stream, buffer, parser, quiet(error));
            if (error == bhttp::error::need_buffer) error = {};
            if (error == bhttp::error::body_limit) co_return fail(Errc::too_large, "the answer is too large");
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
};

Result<Answer> exchange(bhttp::verb verb, const std::string& url, const std::map<std::string, std::string>& headers,
                        BytesView body, const BodySink* sink, const ClientLimits& limits) {
    STRATA_TRY(auto parts, parse_url(url));
    BodyRequest request(verb, parts.target, 11);
    request.set(bhttp::field::host, parts.host + ":" + parts.port);
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
                    const ClientLimits& limits) {
    const auto verb = bhttp::string_to_verb(method);
    if (verb != bhttp::verb::post && verb != bhttp::verb::put)
        return fail(Errc::invalid_argument, "'" + method + "' does not send a body");
    return exchange(verb, url, {{"Content-Type", content_type}}, body, nullptr, limits);
}

}  // namespace strata::http
