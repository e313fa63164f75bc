#include <strata/http/server.hpp>

#include <netinet/tcp.h>
#include <sys/resource.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <atomic>

#include <strata/http/server_running.hpp>

namespace strata::http {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kLeastShare = 16;         // connections that are allowed however few descriptors there are
constexpr std::size_t kMostRefusals = 64;       // connections that get 503 at once; more are closed without an answer
constexpr auto kAcceptPause = 50ms;             // after the system refused a connection
constexpr std::size_t kLeastBuffer = 64 << 10;  // bytes that the parser may have to see in one piece

// The connections of all servers of this process.
std::atomic<std::size_t> open_in_process = 0;

std::size_t share_of_descriptors() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return SIZE_MAX;
    return std::max<std::size_t>(kLeastShare, limit.rlim_cur / 4);
}

/// Sets options so that small answers leave at once and a peer that vanished is noticed after about two minutes.
void set_options(tcp::socket& socket) {
    ErrorCode unused;
    socket.set_option(tcp::no_delay(true), unused);
    socket.set_option(asio::socket_base::keep_alive(true), unused);
    const auto set = [&](int option, int value) {
        ::setsockopt(socket.native_handle(), IPPROTO_TCP, option, &value, sizeof(value));
    };
    set(TCP_KEEPIDLE, 60);
    set(TCP_KEEPINTVL, 15);
    set(TCP_KEEPCNT, 4);
}

bool is_below(std::string_view path, std::string_view prefix) {
    return path.starts_with(prefix) && (path.size() == prefix.size() || path[prefix.size()] == '/');
}

}  // namespace

Server::Running::Running(Handler h, const ServerLimits& l) : handler(std::move(h)), limits(l) {
    for (const auto& prefix : limits.lanes)
        lanes.emplace_back(prefix, std::make_unique<asio::thread_pool>(limits.threads));
    lanes.emplace_back("", std::make_unique<asio::thread_pool>(limits.threads));
}

Server::Running::~Running() {
    asio::post(io, [this] {
        for (const auto& gone : asked) gone->request_stop();
        io.stop();
    });
    if (thread.joinable()) thread.join();
    mailbox->close();
    lanes.clear();  // waits for the handlers that run
    // Connections in this list must go before `io`, because their sockets use its services. The frames of their
    // coroutines hold them too, and these go with `io`, which is in order.
    for (const auto& connection : idle) connection->idle.reset();
    idle.clear();
    open_in_process -= open;
}

asio::thread_pool& Server::Running::lane_of(std::string_view path) {
    for (const auto& [prefix, lane] : lanes)
        if (prefix.empty() || is_below(path, prefix)) return *lane;
    return *lanes.back().second;
}

asio::awaitable<void> Server::Running::accept() {
    asio::steady_timer pause(io);
    while (true) {
        ErrorCode error;
        tcp::socket socket = co_await acceptor.async_accept(quiet(error));
        if (error == asio::error::operation_aborted) co_return;
        if (!error) {
            take(std::move(socket));
            continue;
        }
        // The process is out of descriptors or memory: trying again at once would fail again.
        close_longest_idle();
        pause.expires_after(kAcceptPause);
        co_await pause.async_wait(quiet(error));
    }
}

bool Server::Running::is_full() const {
    return open >= limits.connections || open_in_process >= share_of_descriptors();
}

void Server::Running::take(tcp::socket socket) {
    set_options(socket);
    const auto buffer = std::max(2 * limits.header_bytes, kLeastBuffer);
    auto connection = std::make_shared<Connection>(std::move(socket), buffer);
    if (!is_full() || close_longest_idle()) {
        asio::co_spawn(io, serve(std::move(connection)), asio::detached);
    } else if (refusing < kMostRefusals) {
        asio::co_spawn(io, refuse_newcomer(std::move(connection)), asio::detached);
    }
}

bool Server::Running::close_longest_idle() {
    if (idle.empty()) return false;
    const ConnectionPtr longest = idle.front();
    set_idle(longest, false);
    longest->stream.close();
    return true;
}

void Server::Running::set_idle(const ConnectionPtr& connection, bool waits) {
    if (waits == connection->idle.has_value()) return;
    if (waits) {
        connection->idle = idle.insert(idle.end(), connection);
    } else {
        idle.erase(*connection->idle);
        connection->idle.reset();
    }
}

asio::awaitable<void> Server::Running::serve(ConnectionPtr connection) {
    ++open;
    ++open_in_process;
    while (co_await serve_one(connection)) {
    }
    ErrorCode unused;
    connection->stream.socket().shutdown(tcp::socket::shutdown_send, unused);
    --open;
    --open_in_process;
}

asio::awaitable<void> Server::Running::refuse_newcomer(ConnectionPtr connection) {
    ++refusing;
    auto full = text_response(503, "too many connections are open here: try again later");
    full.headers.emplace_back("Retry-After", "1");
    co_await answer(*connection, std::move(full), {}, nullptr);
    co_await linger(*connection);
    --refusing;
}

Result<std::unique_ptr<Server>> Server::start(const std::string& address, std::uint16_t port, Handler handler,
                                              const ServerLimits& limits) {
    ErrorCode error;
    const auto ip = asio::ip::make_address(address, error);
    if (error) return fail(Errc::invalid_argument, "'" + address + "' is not an IP address");
    const tcp::endpoint endpoint(ip, port);
    auto running = std::make_unique<Running>(std::move(handler), limits);
    auto& acceptor = running->acceptor;
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    const std::string where = bracketed(address) + ":" + std::to_string(port);
    if (error == asio::error::address_in_use)
        return fail(Errc::busy, "another program listens on " + where + ": stop it or choose another port");
    if (error) return fail(Errc::io, "cannot listen on " + where + ": " + error.message());

    asio::co_spawn(running->io, running->accept(), asio::detached);
    running->thread = std::thread([&io = running->io] { io.run(); });
    return std::unique_ptr<Server>(new Server(std::move(running)));
}

Server::Server(std::unique_ptr<Running> running) : running_(std::move(running)) {}
Server::~Server() = default;

std::uint16_t Server::port() const {
    return running_->acceptor.local_endpoint().port();
}

std::string Server::url() const {
    const auto endpoint = running_->acceptor.local_endpoint();
    return "http://" + bracketed(endpoint.address().to_string()) + ":" + std::to_string(endpoint.port());
}

}  // namespace strata::http
