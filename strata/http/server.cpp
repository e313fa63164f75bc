#include <strata/http/server.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <atomic>
#include <thread>

namespace strata::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;
using Parser = bhttp::request_parser<bhttp::vector_body<std::uint8_t>>;

constexpr std::size_t kStreamBuffer = 256 << 10;

auto quiet(ErrorCode& error) {
    return asio::redirect_error(asio::use_awaitable, error);
}

Result<Request> request_of(Parser& parser) {
    auto message = parser.release();
    STRATA_TRY(auto target, parse_target(message.target()));
    Request out{std::string(message.method_string()),
                std::move(target.path),
                std::move(target.query),
                {},
                std::move(message.body())};
    for (const auto& field : message) {
        std::string name(field.name_string());
        std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
        out.headers.emplace(std::move(name), field.value());
    }
    return out;
}

template <class Body>
bhttp::response<Body> head_of(const Response& response, bool keep_alive) {
    bhttp::response<Body> out(static_cast<bhttp::status>(response.status), 11);
    out.set(bhttp::field::server, "strata");
    for (const auto& [name, value] : response.headers) out.set(name, value);
    out.keep_alive(keep_alive);
    return out;
}

}  // namespace

struct Server::Running {
    Running(Handler h, const ServerLimits& l) : handler(std::move(h)), limits(l) {}

    asio::awaitable<void> accept() {
        while (true) {
            ErrorCode error;
            tcp::socket socket = co_await acceptor.async_accept(quiet(error));
            if (error == asio::error::operation_aborted) co_return;
            if (error || open_connections >= limits.connections) continue;
            asio::co_spawn(io, serve(beast::tcp_stream(std::move(socket))), asio::detached);
        }
    }

    asio::awaitable<void> serve(beast::tcp_stream stream) {
        ++open_connections;
        beast::flat_buffer buffer;
        while (co_await serve_one(stream, buffer)) {
        }
        ErrorCode unused;
        stream.socket().shutdown(tcp::socket::shutdown_send, unused);
        --open_connections;
    }

    // True if the connection stays open.
    asio::awaitable<bool> serve_one(beast::tcp_stream& stream, beast::flat_buffer& buffer) {
        ErrorCode error;
        Parser parser;
        parser.header_limit(static_cast<std::uint32_t>(limits.header_bytes));
        parser.body_limit(limits.body_bytes);
        stream.expires_after(limits.idle);
        co_await bhttp::async_read_header(stream, buffer, parser, quiet(error));
        if (error == bhttp::error::header_limit) {
            co_await answer(stream, text_response(431, "the header is too large"), false, false);
            co_return false;
        }
        if (error == bhttp::error::end_of_stream || error == beast::error::timeout) co_return false;
        if (!error) {
            stream.expires_after(limits.request);
            co_await bhttp::async_read(stream, buffer, parser, quiet(error));
        }
        if (error == bhttp::error::body_limit) {
            co_await answer(stream, text_response(413, "the body is too large"), false, false);
            co_return false;
        }
        if (error) {
            if (error.category() == bhttp::make_error_code(bhttp::error::bad_target).category())
                co_await answer(stream, text_response(400, "this is no HTTP request"), false, false);
            co_return false;
        }
        const bool keep_alive = parser.get().keep_alive();
        const bool head_only = parser.get().method() == bhttp::verb::head;
        const auto request = request_of(parser);
        Response response = request ? handler(*request) : text_response(400, request.error().message());
        co_return co_await answer(stream, std::move(response), keep_alive, head_only) && keep_alive;
    }

    // False if the peer did not take it.
    asio::awaitable<bool> answer(beast::tcp_stream& stream, Response response, bool keep_alive, bool head_only) {
        stream.expires_after(limits.idle);
        if (std::holds_alternative<Bytes>(response.body))
            return answer_bytes(stream, std::move(response), keep_alive, head_only);
        return answer_stream(stream, std::move(response), keep_alive, head_only);
    }

    asio::awaitable<bool> answer_bytes(beast::tcp_stream& stream, Response response, bool keep_alive, bool head_only) {
        auto& body = std::get<Bytes>(response.body);
        auto message = head_of<bhttp::vector_body<std::uint8_t>>(response, keep_alive);
        message.content_length(body.size());
        if (!head_only) message.body() = std::move(body);
        ErrorCode error;
        bhttp::response_serializer<bhttp::vector_body<std::uint8_t>> serializer(message);
        if (head_only) {
            co_await bhttp::async_write_header(stream, serializer, quiet(error));
        } else {
            co_await bhttp::async_write(stream, serializer, quiet(error));
        }
        co_return !error;
    }

    asio::awaitable<bool> answer_stream(beast::tcp_stream& stream, Response response, bool keep_alive, bool head_only) {
        const auto& source = std::get<Stream>(response.body);
        auto message = head_of<bhttp::buffer_body>(response, keep_alive);
        if (source.length) {
            message.content_length(*source.length);
        } else {
            message.chunked(true);
        }
        message.body().data = nullptr;
        message.body().more = true;
        ErrorCode error;
        bhttp::response_serializer<bhttp::buffer_body> serializer(message);
        co_await bhttp::async_write_header(stream, serializer, quiet(error));
        if (error || head_only) co_return !error;

        Bytes buffer(kStreamBuffer);
        while (!serializer.is_done()) {
            const auto size = source.read(buffer);
            if (!size) co_return false;
            message.body().data = *size == 0 ? nullptr : buffer.data();
            message.body().size = *size;
            message.body().more = *size != 0;
            stream.expires_after(limits.idle);
            co_await bhttp::async_write(stream, serializer, quiet(error));
            if (error == bhttp::error::need_buffer) error = {};
            if (error) co_return false;
        }
        co_return true;
    }

    Handler handler;
    ServerLimits limits;
    asio::io_context io;
    tcp::acceptor acceptor{io};
    std::atomic<std::size_t> open_connections = 0;
    std::vector<std::jthread> threads;
};

Result<std::unique_ptr<Server>> Server::start(const std::string& address, std::uint16_t port, Handler handler,
                                              const ServerLimits& limits) {
    ErrorCode error;
    const auto ip = asio::ip::make_address(address, error);
    if (error) return fail(Errc::invalid_argument, "'" + address + "' is no IP address");
    const tcp::endpoint endpoint(ip, port);
    auto running = std::make_unique<Running>(std::move(handler), limits);
    auto& acceptor = running->acceptor;
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    const std::string where = address + ":" + std::to_string(port);
    if (error == asio::error::address_in_use)
        return fail(Errc::busy, "another program listens on " + where + ": stop it or choose another port");
    if (error) return fail(Errc::io, "cannot listen on " + where + ": " + error.message());

    asio::co_spawn(running->io, running->accept(), asio::detached);
    for (unsigned i = 0; i < limits.threads; ++i) running->threads.emplace_back([&io = running->io] { io.run(); });
    return std::unique_ptr<Server>(new Server(std::move(running)));
}

Server::Server(std::unique_ptr<Running> running) : running_(std::move(running)) {}

Server::~Server() {
    running_->io.stop();
    running_->threads.clear();  // joins
}

std::uint16_t Server::port() const {
    return running_->acceptor.local_endpoint().port();
}

std::string Server::url() const {
    const auto endpoint = running_->acceptor.local_endpoint();
    const auto host = endpoint.address().to_string();
    return "http://" + (endpoint.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(endpoint.port());
}

}  // namespace strata::http
