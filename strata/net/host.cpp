// One class fills this file: the sockets of a Host. All state belongs to the one thread that runs `io`.
#include <strata/net/host.hpp>

#include <atomic>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <iterator>
#include <thread>

#include <strata/base/mutex.hpp>

namespace strata::net {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;
using Timer = asio::steady_timer;

constexpr std::size_t kReadPart = 64 << 10;
constexpr std::size_t kWritePart = 128 << 10;
constexpr auto kTick = 200ms;         // from one look at all deadlines to the next
constexpr auto kAcceptPause = 50ms;   // after the system refused a connection
constexpr auto kLinger = 1s;          // for the last bytes of a connection that is over
constexpr auto kStopTime = 500ms;     // for the last bytes of all connections
constexpr std::size_t kLookups = 32;  // of names at once; a manager of peers has fewer dials. Ours

/// Makes an operation store its failure in `error` instead of throwing it.
auto quiet(ErrorCode& error) {
    return asio::redirect_error(asio::use_awaitable, error);
}

Bytes bytes_of(const asio::ip::address& ip) {
    if (ip.is_v4()) return to_bytes(ip.to_v4().to_bytes());
    const auto v6 = ip.to_v6();
    // A socket of IPv6 shows peers of IPv4 as ::ffff:a.b.c.d.
    if (v6.is_v4_mapped()) return to_bytes(asio::ip::make_address_v4(asio::ip::v4_mapped, v6).to_bytes());
    return to_bytes(v6.to_bytes());
}

asio::ip::address ip_of(BytesView bytes) {
    asio::ip::address_v4::bytes_type v4{};
    asio::ip::address_v6::bytes_type v6{};
    if (bytes.size() == v4.size()) {
        std::ranges::copy(bytes, v4.begin());
        return asio::ip::address_v4(v4);
    }
    STRATA_CHECK(bytes.size() == v6.size());
    std::ranges::copy(bytes, v6.begin());
    return asio::ip::address_v6(v6);
}

Multiaddr address_of(const tcp::endpoint& endpoint) {
    return Multiaddr::of_tcp(bytes_of(endpoint.address()), endpoint.port());
}

/// Where to connect: a host, which may be a name, and a port.
struct Target {
    std::string host;
    std::uint16_t port = 0;
    std::optional<Bytes> ip;            // of a host that needs no lookup
    std::optional<std::size_t> family;  // of a name: the bytes of the only addresses that are wanted
};
constexpr std::size_t kV4 = 4, kV6 = 16;  // bytes of an address

bool is_unspecified(const Multiaddr& address) {
    return std::ranges::all_of(address.parts().front().value, [](std::uint8_t byte) { return byte == 0; });
}

SwarmConfig with_sequence(SwarmConfig config) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    if (config.record_sequence == 0)
        config.record_sequence = static_cast<std::uint64_t>(std::chrono::nanoseconds(now).count());
    return config;
}

Error not_tcp(const Multiaddr& address) {
    return fail(Errc::unsupported, "the address is " + address.to_string() +
                                       ", expected an IP address or a name and then /tcp, with at most /p2p after it");
}

Error blocked(const Multiaddr& address) {
    return fail(Errc::cancelled, "this node is told to have no connection with " + address.to_string());
}

Result<Target> target_of(const Multiaddr& address) {
    if (!address.is_tcp()) return not_tcp(address);
    const auto& parts = address.parts();
    Target out{.host = std::string(as_text(parts[0].value)),
               .port = load_be<std::uint16_t>(parts[1].value.data()),
               .ip = {},
               .family = {}};
    switch (parts[0].protocol) {
        case Protocol::ip4:
        case Protocol::ip6:
            out.ip = parts[0].value;
            out.host = ip_of(*out.ip).to_string();
            return out;
        case Protocol::dns:
            return out;
        case Protocol::dns4:
            out.family = kV4;
            return out;
        case Protocol::dns6:
            out.family = kV6;
            return out;
        default:
            return not_tcp(address);
    }
}

Result<tcp::endpoint> endpoint_of(const Multiaddr& address) {
    const auto target = target_of(address);
    if (!target || !target->ip)
        return fail(Errc::invalid_argument, "cannot listen on " + address.to_string() +
                                                ", expected /ip4/ADDRESS/tcp/PORT or /ip6/ADDRESS/tcp/PORT");
    return tcp::endpoint(ip_of(*target->ip), target->port);
}

/// Lets threads that look up names reach a host while it is there.
class Door {
  public:
    explicit Door(asio::io_context& io) : io_(&io) {}
    void close() {
        const Lock lock(mutex_);
        io_ = nullptr;
    }
    void post(std::function<void()> work) {
        const Lock lock(mutex_);
        if (io_ != nullptr) asio::post(*io_, std::move(work));
    }

    std::atomic<std::size_t> lookups = 0;  // that have a thread

  private:
    Mutex mutex_;
    asio::io_context* io_ STRATA_GUARDED_BY(mutex_);
};

using Ips = Result<std::vector<Bytes>>;

/// Brings the answer about a name to the coroutine that waits for it, on the host's thread. The coroutine may be gone.
struct Waiting {
    explicit Waiting(Timer* of) : answered(of) {}
    void tell(Ips found) {
        ips = std::move(found);
        if (answered != nullptr) answered->cancel();
    }
    /// Says that the coroutine waits no longer.
    struct End {
        explicit End(Waiting& of) : waits(of) {}
        End(const End&) = delete;
        End& operator=(const End&) = delete;
        ~End() { waits.answered = nullptr; }
        Waiting& waits;
    };
    Timer* answered;
    std::optional<Ips> ips{};
};

/// One TCP connection. The two coroutines that serve it share it.
struct Socket {
    explicit Socket(tcp::socket&& connected)
        : tcp(std::move(connected)), wake(tcp.get_executor(), Timer::time_point::max()) {}
    tcp::socket tcp;
    Timer wake;  // never expires; cancelled when there may be something to write
    ConnectionId id = 0;
    Instant over_since = kNever;
};
using SocketPtr = std::shared_ptr<Socket>;

}  // namespace

struct Host::Running {
    Running(PrivateKey identity, HostConfig with)
        : config(std::move(with)), swarm(std::move(identity), with_sequence(config.swarm), random), tick(io) {}
    ~Running();

    Status listen(const Multiaddr& address);
    void start();
    asio::awaitable<void> accept(std::size_t index);
    asio::awaitable<void> dial(Multiaddr address, Swarm::Done done);
    asio::awaitable<Ips> look_up(std::string host, Timer::time_point until);
    asio::awaitable<Result<std::vector<tcp::endpoint>>> find(Target target, Timer::time_point until);
    asio::awaitable<Result<tcp::socket>> connect(Target target);
    Result<SocketPtr> serve(Role role, tcp::socket&& connected, std::optional<PeerId> expected, Swarm::Done done);
    asio::awaitable<void> read(SocketPtr socket);
    asio::awaitable<void> write(SocketPtr socket);
    asio::awaitable<void> keep_time();
    void close_late();
    bool wake_touched(ConnectionId own = 0);
    void stop();
    static Instant now() {
        return std::chrono::duration_cast<Instant>(std::chrono::steady_clock::now().time_since_epoch());
    }

    asio::io_context io;  // first, since everything below uses it
    const std::shared_ptr<Door> door = std::make_shared<Door>(io);
    const HostConfig config;
    crypto::SystemRandom random;
    Swarm swarm;
    std::vector<Multiaddr> addresses;
    std::vector<tcp::acceptor> acceptors;
    std::map<ConnectionId, SocketPtr> sockets;
    Timer tick;
    bool stopping = false;
    std::thread thread;
};

Status Host::Running::listen(const Multiaddr& address) {
    STRATA_TRY(const auto endpoint, endpoint_of(address));
    ErrorCode error;
    tcp::acceptor acceptor(io);
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error == asio::error::address_in_use)
        return fail(Errc::busy,
                    "a different program listens on " + address.to_string() + ": stop it or choose a different port");
    if (error) return fail(Errc::io, "cannot listen on " + address.to_string() + ": " + error.message());
    addresses.push_back(address_of(acceptor.local_endpoint()));
    acceptors.push_back(std::move(acceptor));
    return {};
}

void Host::Running::start() {
    auto announced = config.announce;
    if (announced.empty()) std::ranges::copy_if(addresses, std::back_inserter(announced), std::not_fn(is_unspecified));
    swarm.set_listen(std::move(announced), now());
    for (auto& address : addresses) address = address.with_peer(swarm.id());
    for (std::size_t i = 0; i < acceptors.size(); ++i) asio::co_spawn(io, accept(i), asio::detached);
    asio::co_spawn(io, keep_time(), asio::detached);
    thread = std::thread([this] { io.run(); });
}

asio::awaitable<void> Host::Running::accept(std::size_t index) {
    auto& acceptor = acceptors[index];
    Timer pause(io);
    while (!stopping) {
        tcp::socket socket(io);
        ErrorCode error;
        co_await acceptor.async_accept(socket, quiet(error));
        if (stopping) co_return;
        if (error) {
            pause.expires_after(kAcceptPause);
            co_await pause.async_wait(quiet(error));
            continue;
        }
        // At a limit the newcomer is closed without an answer.
        (void)serve(Role::listener, std::move(socket), {}, {});
    }
}

Result<SocketPtr> Host::Running::serve(Role role, tcp::socket&& connected, std::optional<PeerId> expected,
                                       Swarm::Done done) {
    ErrorCode error;
    const auto remote = connected.remote_endpoint(error);
    if (error) return fail(Errc::io, "the peer closed the connection: " + error.message());
    if (config.is_blocked(address_of(remote))) return blocked(address_of(remote));
    connected.set_option(tcp::no_delay(true), error);
    STRATA_TRY(const auto id, swarm.add(role, address_of(remote), std::move(expected), now(), std::move(done)));
    auto socket = std::make_shared<Socket>(std::move(connected));
    socket->id = id;
    sockets[id] = socket;
    asio::co_spawn(io, read(socket), asio::detached);
    asio::co_spawn(io, write(socket), asio::detached);
    return socket;
}

asio::awaitable<void> Host::Running::read(SocketPtr socket) {
    Bytes buffer(kReadPart);
    while (!swarm.is_over(socket->id)) {
        ErrorCode error;
        const auto size = co_await socket->tcp.async_read_some(asio::buffer(buffer), quiet(error));
        if (error)
            swarm.on_lost(socket->id, fail(Errc::io, "the connection was lost: " + error.message()), now());
        else
            swarm.on_bytes(socket->id, BytesView(buffer).first(size), now());
        wake_touched();
    }
    socket->wake.cancel();
}

asio::awaitable<void> Host::Running::write(SocketPtr socket) {
    ErrorCode error;
    while (!error) {
        const Bytes bytes = swarm.take_output(socket->id, kWritePart, now());
        // A handler that ran inside this call may have written to this connection, which nobody waits for yet.
        const bool has_more = wake_touched(socket->id);
        if (!bytes.empty()) {
            co_await asio::async_write(socket->tcp, asio::buffer(bytes), quiet(error));
        } else if (swarm.is_over(socket->id)) {
            break;
        } else if (!has_more) {
            ErrorCode unused;
            co_await socket->wake.async_wait(quiet(unused));
        }
    }
    ErrorCode unused;
    socket->tcp.shutdown(tcp::socket::shutdown_both, unused);
    socket->tcp.close(unused);
    swarm.remove(socket->id, now());
    sockets.erase(socket->id);
    wake_touched();
    if (stopping && swarm.connection_count() == 0) io.stop();
}

/// Wakes the writers of all connections that may have output. Returns true if `own` is one of them.
bool Host::Running::wake_touched(ConnectionId own) {
    const auto touched = swarm.take_touched();
    for (const auto id : touched)
        if (const auto it = sockets.find(id); it != sockets.end()) it->second->wake.cancel();
    return touched.contains(own);
}

asio::awaitable<void> Host::Running::keep_time() {
    while (true) {
        ErrorCode error;
        tick.expires_after(kTick);
        co_await tick.async_wait(quiet(error));
        swarm.on_time(now());
        close_late();
        wake_touched();
    }
}

/// Closes sockets that are over and whose peer does not take the last bytes.
void Host::Running::close_late() {
    for (const auto& [id, socket] : sockets) {
        if (!swarm.is_over(id)) continue;
        if (socket->over_since == kNever) socket->over_since = now();
        ErrorCode unused;
        if (now() >= socket->over_since + kLinger) socket->tcp.close(unused);
    }
}

/// Waits for a name server, but neither longer than `until` nor than the host lives.
asio::awaitable<Ips> Host::Running::look_up(std::string host, Timer::time_point until) {
    if (door->lookups >= kLookups)
        co_return fail(Errc::busy, std::to_string(kLookups) + " names are being looked up, the limit");
    ++door->lookups;
    Timer answered(io, until);
    const auto waits = std::make_shared<Waiting>(&answered);
    const Waiting::End end(*waits);
    run_apart([door = door, ask = config.look_up, host, waits] {
        const auto ips = std::make_shared<Ips>(ask(host));
        --door->lookups;
        door->post([waits, ips] { waits->tell(std::move(*ips)); });
    });
    ErrorCode unused;
    co_await answered.async_wait(quiet(unused));
    if (!waits->ips) co_return fail(Errc::cancelled, "no name server said in time where " + host + " is");
    co_return std::move(*waits->ips);
}

/// Returns where to connect, without what is blocked.
asio::awaitable<Result<std::vector<tcp::endpoint>>> Host::Running::find(Target target, Timer::time_point until) {
    const auto ips = target.ip ? Ips(std::vector<Bytes>{*target.ip}) : co_await look_up(target.host, until);
    if (!ips) co_return ips.error();
    std::vector<tcp::endpoint> out;
    std::optional<Multiaddr> refused;
    for (const auto& ip : *ips) {
        if (target.family && ip.size() != *target.family) continue;
        const tcp::endpoint endpoint(ip_of(ip), target.port);
        if (config.is_blocked(address_of(endpoint)))
            refused = address_of(endpoint);
        else
            out.push_back(endpoint);
    }
    if (out.empty() && refused) co_return blocked(*refused);
    if (out.empty()) co_return fail(Errc::not_found, target.host + " has no address of the kind that is asked for");
    co_return std::move(out);
}

asio::awaitable<Result<tcp::socket>> Host::Running::connect(Target target) {
    const auto until = Timer::clock_type::now() + config.dial_time;
    const auto found = co_await find(target, until);
    if (!found) co_return found.error();
    tcp::socket socket(io);
    Timer limit(io, until);
    bool late = false;
    limit.async_wait([&](const ErrorCode& cancelled) {
        if (cancelled) return;
        late = true;
        ErrorCode unused;
        socket.close(unused);
    });
    ErrorCode last;
    for (const auto& endpoint : *found) {
        if (late) break;
        ErrorCode unused;
        socket.close(unused);
        co_await socket.async_connect(endpoint, quiet(last));
        if (!last) break;
    }
    // The handler above refers to this coroutine, so it must have run before the coroutine ends.
    limit.cancel();
    ErrorCode unused;
    co_await asio::post(io, quiet(unused));
    if (late)
        co_return fail(Errc::cancelled, "no TCP connection after " + std::to_string(config.dial_time.count()) + " ms");
    const auto where = target.host + " port " + std::to_string(target.port);
    if (last) co_return fail(Errc::io, "cannot connect to " + where + ": " + last.message());
    co_return std::move(socket);
}

asio::awaitable<void> Host::Running::dial(Multiaddr address, Swarm::Done done) {
    auto target = target_of(address);
    if (target && config.is_blocked(address)) target = blocked(address);
    if (!target) {
        done(std::move(target).error());
        co_return;
    }
    auto socket = co_await connect(std::move(*target));
    if (!socket) {
        done(std::move(socket).error());
        co_return;
    }
    const auto shared = std::make_shared<Swarm::Done>(std::move(done));
    auto served = serve(Role::dialer, std::move(*socket), address.peer(),
                        [shared](Result<PeerId> peer) { (*shared)(std::move(peer)); });
    if (!served) (*shared)(std::move(served).error());
    wake_touched();
}

void Host::Running::stop() {
    stopping = true;
    ErrorCode unused;
    for (auto& acceptor : acceptors) acceptor.close(unused);
    swarm.close_all(now());
    wake_touched();
    if (swarm.connection_count() == 0) io.stop();
    const auto limit = std::make_shared<Timer>(io, kStopTime);
    limit->async_wait([this, limit](const ErrorCode&) { io.stop(); });
}

Host::Running::~Running() {  // NOLINT(bugprone-exception-escape)
    door->close();
    if (!thread.joinable()) return;
    asio::post(io, [this] { stop(); });
    thread.join();
}

Result<std::unique_ptr<Host>> Host::start(PrivateKey identity, HostConfig config,
                                          const std::function<void(Swarm&)>& setup) {
    auto running = std::make_unique<Running>(std::move(identity), std::move(config));
    for (const auto& address : running->config.listen) STRATA_OK(running->listen(address));
    if (setup) setup(running->swarm);
    running->start();
    return std::unique_ptr<Host>(new Host(std::move(running)));
}

Host::Host(std::unique_ptr<Running> running) : running_(std::move(running)) {}
Host::~Host() = default;

const PeerId& Host::id() const {
    return running_->swarm.id();
}

const std::vector<Multiaddr>& Host::addresses() const {
    return running_->addresses;
}

void Host::dial(const Multiaddr& address, Swarm::Done done) {
    asio::post(running_->io, [running = running_.get(), address, done = std::move(done)] {
        asio::co_spawn(running->io, running->dial(address, done), asio::detached);
    });
}

Result<PeerId> Host::dial(const Multiaddr& address) {
    const auto result = std::make_shared<std::promise<Result<PeerId>>>();
    auto future = result->get_future();
    dial(address, [result](Result<PeerId> peer) { result->set_value(std::move(peer)); });
    return future.get();
}

void Host::post(std::function<void(Swarm&)> work) {
    asio::post(running_->io, [running = running_.get(), work = std::move(work)] {
        work(running->swarm);
        running->wake_touched();
    });
}

}  // namespace strata::net
