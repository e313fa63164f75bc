#include <strata/node/network.hpp>

#include <fmt/format.h>

#include <condition_variable>
#include <thread>

#include <strata/base/files.hpp>
#include <strata/base/log.hpp>
#include <strata/chain/local_chain.hpp>
#include <strata/chain/network.hpp>
#include <strata/net/dnsaddr.hpp>
#include <strata/net/kad.hpp>
#include <strata/net/ping.hpp>
#include <strata/net/services.hpp>
#include <strata/node/worker.hpp>
#include <strata/p2p/bitswap_server.hpp>
#include <strata/p2p/peer_manager.hpp>
#include <strata/p2p/service.hpp>
#include <strata/p2p/settling.hpp>
#include <strata/p2p/topics.hpp>

namespace strata::node {
namespace {

using namespace std::chrono_literals;

const Log kLog("network");

constexpr auto kFollowEvery = 200ms;  // early blocks and overdue requests need a look even if nothing comes
constexpr auto kLookEvery = 2s;       // at the peers to dial
constexpr auto kRepublishEvery = 30s;
constexpr auto kLookUpEvery = 60s;  // the published names, while there are few peers
constexpr std::size_t kFewPeers = 4;
constexpr net::Instant kSavePeersEvery = 5min;
constexpr const char* kKeyFile = "libp2p.key";
constexpr const char* kPeersFile = "peers";
constexpr auto kAnswerTime = 30s;  // of the host's thread, and of peers that it asks
/// A node this close to the clock can judge messages (docs/protocol/node.md §16).
constexpr ChainEpoch kNearlySynced = 10;
constexpr std::string_view kAgent = "strata/" STRATA_VERSION;

/// How soon a silent peer is noticed, and a lost one dialled again, follows the epochs: two halves of a network that
/// was cut must meet again within two.
struct Pace {
    explicit Pace(const chain::Network& network) : epoch(std::chrono::seconds(network.block_delay)) {}
    const net::Instant epoch;
    net::Instant keep_alive() const { return std::clamp<net::Instant>(epoch, 2s, 30s); }
    net::Instant ping_timeout() const { return std::clamp<net::Instant>(epoch, 10s, 20s); }
    net::Instant dial_time() const { return std::clamp<net::Instant>(epoch / 2, 1s, 10s); }
    net::Instant look_every() const { return std::clamp<net::Instant>(epoch / 8, 250ms, 5s); }
};

/// Reaches the host from threads that outlive it, and from handlers that run before its start has returned.
class Gate {
  public:
    void open(net::Host& host) {
        const Lock lock(mutex_);
        host_ = &host;
        for (auto& work : std::exchange(early_, {})) host_->post(std::move(work));
    }
    /// Connects, and tells the result on the host's thread. Without a host nothing is told.
    void dial(const net::Multiaddr& address, net::Swarm::Done done) {
        const Lock lock(mutex_);
        if (host_ != nullptr) host_->dial(address, std::move(done));
    }
    /// Drops all work from now on.
    void close() {
        const Lock lock(mutex_);
        host_ = nullptr;
        is_closed_ = true;
    }
    void post(std::function<void(net::Swarm&)> work) {
        const Lock lock(mutex_);
        if (host_ != nullptr) return host_->post(std::move(work));
        if (!is_closed_) early_.push_back(std::move(work));
    }

  private:
    Mutex mutex_;
    net::Host* host_ STRATA_GUARDED_BY(mutex_) = nullptr;
    bool is_closed_ STRATA_GUARDED_BY(mutex_) = false;
    std::vector<std::function<void(net::Swarm&)>> early_ STRATA_GUARDED_BY(mutex_);
};

/// Gives a waiting thread the first result that it is told, or an error if nobody will tell one. Used on one thread.
template <class T>
class Telling {
  public:
    Telling() = default;
    Telling(const Telling&) = delete;
    Telling& operator=(const Telling&) = delete;
    ~Telling() { tell(fail(Errc::cancelled, "the node left its network before there was an answer")); }

    std::future<Result<T>> answer() { return promise_.get_future(); }
    void tell(Result<T> result) {
        if (!std::exchange(is_told_, true)) promise_.set_value(std::move(result));
    }

  private:
    std::promise<Result<T>> promise_;
    bool is_told_ = false;
};

using PeerAddresses = std::map<net::PeerId, std::vector<net::Multiaddr>>;

/// Adds the addresses that name their peer to those of that peer.
void add_to(PeerAddresses& peers, const std::vector<net::Multiaddr>& addresses) {
    for (const auto& address : addresses)
        if (const auto peer = address.peer()) peers[*peer].push_back(address);
}

/// Returns true if the address has the IP address of one of these.
bool is_at_one_of(const net::Multiaddr& address, const std::vector<net::Multiaddr>& remotes) {
    return !address.empty() && std::ranges::any_of(remotes, [&](const auto& remote) {
        return !remote.empty() && remote.parts().front() == address.parts().front();
    });
}

void show_counts(Metrics& metrics, const std::string& topic, const p2p::TopicsCounts& counts) {
    const auto show = [&](const char* verdict, std::uint64_t count) {
        metrics
            .gauge("strata_gossip_received", "What peers sent on a topic since the start, by verdict.",
                   {{"topic", topic}, {"verdict", verdict}})
            .set(static_cast<double>(count));
    };
    show("accepted", counts.accepted);
    show("ignored", counts.ignored);
    show("rejected", counts.rejected);
    show("dropped", counts.dropped);
}

}  // namespace

struct Network::Parts final : net::PeerListener {
    Parts(NetworkConfig settings, chain::LocalChain& node_chain, Health& node_health, Metrics& node_metrics)
        : config(std::move(settings)),
          chain(node_chain),
          health(node_health),
          metrics(node_metrics),
          limits(config.swarm) {}
    Parts(const Parts&) = delete;
    Parts& operator=(const Parts&) = delete;
    ~Parts() override;

    Status start();
    void serve(net::Swarm& on);
    void find_peers(net::Swarm& swarm);
    void load_peers();
    void save_peers();
    void follow(const std::stop_token& stop);
    void look_for_peers(const std::stop_token& stop);
    void connect_to(const PeerAddresses& peers);
    void look_up_names(const std::stop_token& stop);
    void wake() {
        const Lock lock(mutex);
        awake = true;
        changed.notify_all();
    }
    std::uint64_t now() const {
        return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(config.unix_time()).count());
    }
    net::Instant since_began() const {
        return std::chrono::duration_cast<net::Instant>(std::chrono::steady_clock::now() - began);
    }
    ChainEpoch behind() const;
    Result<std::optional<Bytes>> block_here(const Cid& cid) const;
    void judge(const net::PeerId& peer, bool is_good);
    void arrived(ChainEpoch height, std::chrono::nanoseconds at);
    bool is_bootstrap(const net::PeerId& peer) const;
    /// Looks at the peer of /p2p and at the IP address, whichever the address has.
    bool is_blocked(const net::Multiaddr& address) {
        const auto peer = address.peer();
        const Lock lock(mutex);
        return (peer && blocked.contains(*peer)) || blocked_addresses.contains(address);
    }
    /// On the host's thread: asks for the addresses of its connections.
    bool is_blocked(const net::PeerId& peer) {
        return std::ranges::any_of(swarm->remotes(peer),
                                   [&](const auto& remote) { return is_blocked(remote.with_peer(peer)); });
    }

    void show_peers() STRATA_REQUIRES(mutex);
    void on_connected(const net::PeerId& peer) override;
    void on_disconnected(const net::PeerId& peer) override;
    void on_time(net::Instant) override;
    net::Instant next_time() const override { return next; }

    const NetworkConfig config;
    chain::LocalChain& chain;
    Health& health;
    Metrics& metrics;
    Histogram& arrival = metrics.histogram(
        "strata_block_arrival_seconds", "Seconds from the start of a block's epoch until the block came from a peer.",
        {0.1, 0.25, 0.5, 1, 1.5, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 60});
    crypto::SystemRandom random;
    const std::shared_ptr<Gate> gate = std::make_shared<Gate>();
    const std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();
    std::optional<p2p::Settling> settling;  // of the thread that makes blocks
    net::Instant next{};
    net::Instant saved{};
    net::Swarm* swarm = nullptr;                          // on the host's thread
    std::chrono::steady_clock::time_point next_lookup{};  // on the seeker's thread

    Mutex mutex;
    std::condition_variable_any changed;
    bool awake STRATA_GUARDED_BY(mutex) = false;
    std::set<net::PeerId> connected STRATA_GUARDED_BY(mutex);
    std::set<net::PeerId> kept STRATA_GUARDED_BY(mutex);  // protected by the owner
    std::set<net::PeerId> blocked STRATA_GUARDED_BY(mutex);
    AddressBlocks blocked_addresses STRATA_GUARDED_BY(mutex);
    net::SwarmConfig limits STRATA_GUARDED_BY(mutex);

    std::optional<p2p::Service> service;
    std::optional<p2p::Topics> topics;
    std::optional<p2p::BitswapServer> bitswap;
    std::optional<p2p::PeerManager> manager;
    std::optional<net::Kad> kad;
    std::optional<Worker> block_checks, message_checks;
    std::unique_ptr<net::Host> host;
    std::jthread follower, seeker;
};

Network::Parts::~Parts() {
    // The threads that use the host end first, then the host, then the threads that its handlers use.
    for (auto* thread : {&seeker, &follower}) thread->request_stop();
    wake();
    for (auto* thread : {&seeker, &follower})
        if (thread->joinable()) thread->join();
    gate->close();
    host.reset();
    block_checks.reset();
    message_checks.reset();
    if (manager) save_peers();
    kad.reset();
    manager.reset();
    bitswap.reset();
    topics.reset();
    service.reset();
}

Status Network::Parts::start() {
    STRATA_TRY(auto key, net::load_or_create_key(config.folder / kKeyFile, random));
    block_checks.emplace();
    message_checks.emplace();
    net::HostConfig settings{.listen = config.listen,
                             .announce = config.announce,
                             .swarm = config.swarm,
                             .is_blocked = [this](const auto& address) { return is_blocked(address); }};
    settings.swarm.agent = kAgent;
    const Pace pace(chain.network());
    settings.swarm.connection.yamux.keep_alive = pace.keep_alive();
    settings.swarm.connection.yamux.ping_timeout = pace.ping_timeout();
    settings.dial_time = pace.dial_time();
    settling.emplace(p2p::SettlingTimes::of(chain.network().block_delay), since_began());
    STRATA_TRY(host, net::Host::start(std::move(key), std::move(settings), [this](net::Swarm& on) { serve(on); }));
    gate->open(*host);
    {
        const Lock lock(mutex);
        show_peers();
    }
    follower = std::jthread([this](const std::stop_token& stop) { follow(stop); });
    seeker = std::jthread([this](const std::stop_token& stop) { look_for_peers(stop); });
    std::string listens;
    for (const auto& address : host->addresses()) listens += (listens.empty() ? "" : " ") + address.to_string();
    kLog.info("the node listens for peers", {{"addresses", listens}});
    return {};
}

void Network::Parts::serve(net::Swarm& on) {
    swarm = &on;
    find_peers(on);
    const auto post = [gate = gate](std::function<void()> work) {
        gate->post([work = std::move(work)](net::Swarm&) { work(); });
    };
    const Cid genesis = chain.genesis()->cids().front();
    chain.on_refusal([](const chain::PeerName& peer, const Error& why) {
        static LogLimit limit;
        kLog.limited(limit, LogLevel::warning, "a chain that a peer announced was refused",
                     {{"peer", peer}, {"reason", why.message()}});
    });
    service.emplace(on, chain, genesis,
                    p2p::ServiceConfig{.post = post,
                                       .unix_time = config.unix_time,
                                       .wake = [this] { wake(); },
                                       .on_judged = [this](const auto& peer, bool is_good) { judge(peer, is_good); }});
    topics.emplace(on, chain,
                   p2p::TopicsConfig{.network = chain.network().name,
                                     .post = post,
                                     .check_block = [this](auto work) { block_checks->post(std::move(work)); },
                                     .check_message = [this](auto work) { message_checks->post(std::move(work)); },
                                     .unix_time = config.unix_time,
                                     .wake = [this] { wake(); },
                                     .on_new_block = [this](ChainEpoch height, auto at) { arrived(height, at); },
                                     .wants_messages = [this] { return behind() <= kNearlySynced; },
                                     .is_bootstrap = [this](const auto& peer) { return is_bootstrap(peer); },
                                     .on_useful = [this](const auto& peer) { manager->on_useful(peer); }});
    bitswap.emplace(on, [this](const Cid& cid) { return block_here(cid); }, post);
    on.add_listener(&topics->gossip());
    on.add_listener(this);
}

// The DHT finds peers of the network, and the manager decides how many of them are connected.
void Network::Parts::find_peers(net::Swarm& on) {
    const auto is_protected = [this](const net::PeerId& peer) {
        {
            const Lock lock(mutex);
            if (kept.contains(peer)) return true;
        }
        return topics->gossip().mesh(p2p::block_topic(chain.network().name)).contains(peer);
    };
    const Pace pace(chain.network());
    manager.emplace(p2p::PeerManagerConfig{
                        .dial = [gate = gate](const auto& address, auto done) { gate->dial(address, std::move(done)); },
                        .disconnect = [this](const auto& peer) { swarm->disconnect(peer, swarm->now()); },
                        .discover = [this] { kad->bootstrap(); },
                        .is_protected = is_protected,
                        .bootstrap = config.bootstrap,
                        .low = config.peers_low,
                        .high = config.peers_high,
                        .look_every = pace.look_every(),
                        .epoch = pace.epoch},
                    random, on.now());
    load_peers();
    kad.emplace(on,
                net::KadConfig{.protocol = "/fil/kad/" + chain.network().name + "/kad/1.0.0",
                               .connect = [this](const auto& peer, const auto& addresses,
                                                 auto done) { manager->connect(peer, addresses, done, swarm->now()); },
                               .only_public = chain::is_public(chain.network())});
    on.add_listener(&*kad);
}

/// Measures how long after its epoch's start a block came. One that comes early counts as zero.
void Network::Parts::arrived(ChainEpoch height, std::chrono::nanoseconds at) {
    const auto start = std::chrono::seconds(chain.network().timestamp_at(height));
    arrival.observe(std::max(0.0, std::chrono::duration<double>(at - start).count()));
}

void Network::Parts::judge(const net::PeerId& peer, bool is_good) {
    if (!is_good) return manager->on_bad(peer, swarm->now());
    const auto* known = swarm->identified(peer);
    auto addresses = known == nullptr ? std::vector<net::Multiaddr>() : known->listen;
    const auto remotes = swarm->remotes(peer);
    const auto dialed = swarm->dialed_remotes(peer);
    // A peer may name the address of someone else, whom this node would then dial again and again.
    std::erase_if(addresses, [&](const auto& address) { return !is_at_one_of(address, remotes); });
    // Those that this node dialled are known to be right.
    addresses.insert(addresses.begin(), dialed.begin(), dialed.end());
    manager->on_good(peer, addresses, swarm->now());
}

bool Network::Parts::is_bootstrap(const net::PeerId& peer) const {
    return std::ranges::any_of(config.bootstrap, [&](const auto& address) { return address.peer() == peer; });
}

// Remembered peers are a help only: a file that cannot be read costs a bootstrap.
void Network::Parts::load_peers() {
    const auto record = read_file(config.folder / kPeersFile, p2p::PeerManager::kMaxRecord);
    if (!record && record.error().code() == Errc::not_found) return;
    const auto taken = record ? manager->decode(*record) : Status(record.error());
    if (!taken) kLog.warning("the remembered peers cannot be read", {{"reason", taken.error().message()}});
}

void Network::Parts::save_peers() {
    const auto done = write_file(config.folder / kPeersFile, manager->encode());
    if (!done) kLog.warning("the known peers cannot be remembered", {{"reason", done.error().message()}});
}

ChainEpoch Network::Parts::behind() const {
    const auto& network = chain.network();
    const auto time = now();
    if (time < network.genesis_timestamp) return 0;
    return static_cast<ChainEpoch>((time - network.genesis_timestamp) / network.block_delay) - chain.head()->height();
}

Result<std::optional<Bytes>> Network::Parts::block_here(const Cid& cid) const {
    STRATA_TRY(const bool here, chain.blocks().has(cid));
    if (!here) return std::optional<Bytes>();
    STRATA_TRY(auto block, chain.blocks().get(cid));
    return std::optional(std::move(block));
}

// A node without peers says 0, so that an alarm can wait for it.
void Network::Parts::show_peers() {
    metrics.gauge("strata_peers", "Peers that are connected.").set(static_cast<double>(connected.size()));
}

void Network::Parts::on_connected(const net::PeerId& peer) {
    manager->on_connected(peer, swarm->now());
    // The peer was not known before the handshake, and what is blocked may have changed meanwhile.
    if (is_blocked(peer)) gate->post([peer](net::Swarm& on) { on.disconnect(peer, on.now()); });
    const Lock lock(mutex);
    connected.insert(peer);
    show_peers();
}

void Network::Parts::on_disconnected(const net::PeerId& peer) {
    manager->on_disconnected(peer, !swarm->has_left(peer), swarm->now());
    const Lock lock(mutex);
    connected.erase(peer);
    show_peers();
}

void Network::Parts::on_time(net::Instant time) {
    topics->on_time();
    manager->on_time(time);
    if (saved == net::Instant{}) saved = time;
    if (time >= saved + kSavePeersEvery) {
        saved = time;
        save_peers();
    }
    metrics.gauge("strata_peer_window_bytes", "Memory that is promised to peers' streams.")
        .set(static_cast<double>(swarm->memory_used()));
    show_counts(metrics, "blocks", topics->blocks());
    show_counts(metrics, "messages", topics->messages());
    next = time + 1s;
}

// Follows what peers announce: fetches, validates, chooses the head. Nothing that the host's thread does waits for it.
void Network::Parts::follow(const std::stop_token& stop) {
    auto republished = began;
    while (!stop.stop_requested()) {
        {
            Lock lock(mutex);
            if (!awake) changed.wait_for(lock, kFollowEvery);
            awake = false;
        }
        if (stop.stop_requested()) return;
        auto done = chain.advance(now());
        const auto time = std::chrono::steady_clock::now();
        if (done && time >= republished + kRepublishEvery) {
            republished = time;
            done = chain.republish();
        }
        health.ran(Part::network, done);
    }
}

/// All addresses of a peer are one dial, since a second one would not be begun beside it.
void Network::Parts::connect_to(const PeerAddresses& peers) {
    for (const auto& [peer, addresses] : peers) {
        {
            const Lock lock(mutex);
            if (peer == host->id() || connected.contains(peer)) continue;
        }
        gate->post([this, peer, addresses](net::Swarm& on) {
            manager->connect(peer, addresses, [](const Status&) {}, on.now());
        });
    }
}

// A lookup may take seconds, so it is made here, and only while there are few peers.
void Network::Parts::look_up_names(const std::stop_token& stop) {
    const auto now = std::chrono::steady_clock::now();
    {
        const Lock lock(mutex);
        if (now < next_lookup || connected.size() >= kFewPeers) return;
    }
    next_lookup = now + kLookUpEvery;
    for (const auto& name : config.bootstrap) {
        if (!net::is_dnsaddr(name) || stop.stop_requested()) continue;
        const auto found = net::ask_apart<Result<std::vector<net::Multiaddr>>>(
            [name, ask = config.txt_records] { return net::resolve_dnsaddr(name, ask); }, stop);
        if (!found) return;
        if (!*found)
            kLog.info("a name of peers was not found",
                      {{"name", name.to_string()}, {"reason", found->error().message()}});
        if (!*found) continue;
        PeerAddresses peers;
        add_to(peers, **found);
        connect_to(peers);
    }
}

void Network::Parts::look_for_peers(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        PeerAddresses known;
        add_to(known, config.known_peers());
        connect_to(known);
        look_up_names(stop);
        Lock lock(mutex);
        changed.wait_for(lock, kLookEvery, [&] { return stop.stop_requested(); });
    }
}

Network::Network(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Network::~Network() = default;

Result<std::unique_ptr<Network>> Network::start(NetworkConfig config, chain::LocalChain& chain, Health& health,
                                                Metrics& metrics) {
    auto parts = std::make_unique<Parts>(std::move(config), chain, health, metrics);
    STRATA_OK(parts->start());
    return std::unique_ptr<Network>(new Network(std::move(parts)));
}

const net::PeerId& Network::id() const {
    return parts_->host->id();
}
const std::vector<net::Multiaddr>& Network::addresses() const {
    return parts_->host->addresses();
}

/// Runs work on the host's thread and waits until it told its result.
template <class T>
Result<T> Network::on_host(std::function<void(net::Swarm&, std::function<void(Result<T>)>)> work) {
    auto telling = std::make_shared<Telling<T>>();
    auto answer = telling->answer();
    parts_->host->post([telling = std::move(telling), work = std::move(work)](net::Swarm& swarm) {
        work(swarm, [telling](Result<T> result) { telling->tell(std::move(result)); });
    });
    if (answer.wait_for(kAnswerTime) != std::future_status::ready)
        return fail(Errc::busy, "no answer within 30 seconds; try again");
    return answer.get();
}

Result<std::vector<PeerInfo>> Network::peers() {
    return on_host<std::vector<PeerInfo>>([this](net::Swarm& swarm, const auto& done) {
        std::vector<PeerInfo> out;
        for (const auto& peer : swarm.peers()) {
            const auto* known = swarm.identified(peer);
            out.push_back({.id = peer,
                           .addresses = swarm.remotes(peer),
                           .agent = known == nullptr ? "" : known->agent.value_or(""),
                           .protocols = known == nullptr ? std::vector<std::string>() : known->protocols,
                           .score = parts_->topics->gossip().score(peer)});
        }
        done(std::move(out));
    });
}

Result<std::vector<net::Multiaddr>> Network::find_peer(const net::PeerId& peer) {
    return on_host<std::vector<net::Multiaddr>>([this, peer](net::Swarm&, const auto& done) {
        parts_->kad->find_peer(peer, [done](Result<net::KadPeer> found) {
            if (!found) return done(found.error());
            done(std::move(found->addresses));
        });
    });
}

Result<net::Instant> Network::ping(const net::PeerId& peer) {
    return on_host<net::Instant>([peer](net::Swarm& swarm, const auto& done) {
        const auto opened =
            swarm.open(peer, {std::string(net::kPingProtocol)}, net::make_ping(swarm, 1, done), swarm.now());
        if (!opened) done(opened.error());
    });
}

void Network::protect(const net::PeerId& peer, bool is_protected) {
    const Lock lock(parts_->mutex);
    if (is_protected) {
        parts_->kept.insert(peer);
    } else {
        parts_->kept.erase(peer);
    }
}
std::vector<net::PeerId> Network::protected_peers() const {
    const Lock lock(parts_->mutex);
    return {parts_->kept.begin(), parts_->kept.end()};
}

void Network::block(const net::PeerId& peer, bool is_blocked) {
    {
        const Lock lock(parts_->mutex);
        if (!is_blocked) {
            parts_->blocked.erase(peer);
            return;
        }
        parts_->blocked.insert(peer);
    }
    disconnect(peer);
}
std::vector<net::PeerId> Network::blocked_peers() const {
    const Lock lock(parts_->mutex);
    return {parts_->blocked.begin(), parts_->blocked.end()};
}

void Network::block_addresses(const AddressBlocks& added, const AddressBlocks& removed) {
    {
        const Lock lock(parts_->mutex);
        parts_->blocked_addresses.add(added);
        parts_->blocked_addresses.remove(removed);
    }
    if (added.empty()) return;
    parts_->host->post([added](net::Swarm& swarm) {
        for (const auto& peer : swarm.peers())
            if (std::ranges::any_of(swarm.remotes(peer), [&](const auto& remote) { return added.contains(remote); }))
                swarm.disconnect(peer, swarm.now());
    });
}
AddressBlocks Network::blocked_addresses() const {
    const Lock lock(parts_->mutex);
    return parts_->blocked_addresses;
}

Result<Network::TrafficSums> Network::traffic() {
    return on_host<TrafficSums>([](net::Swarm& swarm, const auto& done) {
        const auto sum = [&](const net::Traffic& traffic) {
            return TrafficSums::Sum{traffic.in.total(), traffic.out.total(), traffic.in.rate(swarm.now()),
                                    traffic.out.rate(swarm.now())};
        };
        TrafficSums out{.all = sum(swarm.traffic().total()), .by_peer = {}, .by_protocol = {}};
        for (const auto& peer : swarm.peers())
            if (const auto known = swarm.traffic().of(peer)) out.by_peer[peer.to_string()] = sum(*known);
        for (const auto& [name, traffic] : swarm.traffic().by_protocol()) out.by_protocol[name] = sum(traffic);
        done(std::move(out));
    });
}

Result<net::Swarm::Use> Network::use() {
    return on_host<net::Swarm::Use>([](net::Swarm& swarm, const auto& done) { done(swarm.use()); });
}

net::SwarmConfig Network::limits() const {
    const Lock lock(parts_->mutex);
    return parts_->limits;
}

void Network::set_limits(const net::SwarmConfig& limits, std::size_t peers_low, std::size_t peers_high) {
    {
        const Lock lock(parts_->mutex);
        parts_->limits.take_limits(limits);
    }
    parts_->host->post([parts = parts_.get(), limits, peers_low, peers_high](net::Swarm& swarm) {
        swarm.set_limits(limits);
        parts->manager->set_marks(peers_low, peers_high);
    });
}

Result<net::PeerId> Network::connect(const net::Multiaddr& address) {
    return parts_->host->dial(address);
}

void Network::disconnect(const net::PeerId& peer) {
    parts_->host->post([peer](net::Swarm& swarm) { swarm.disconnect(peer, swarm.now()); });
}

std::string Network::waits_for() const {
    {
        const Lock lock(parts_->mutex);
        if (parts_->connected.empty()) return "the node has no peers";
    }
    const auto status = parts_->chain.sync_status();
    if (status.tasks.empty())
        return status.last_refusal.empty() ? "" : "the last chain of a peer that was refused: " + status.last_refusal;
    const auto& task = *std::ranges::max_element(status.tasks, {}, [](const auto& one) { return one.target_height; });
    const auto now = parts_->now();
    const auto seconds = now > task.began ? now - task.began : 0;
    if (task.stage == chain::SyncStatus::Stage::headers)
        return fmt::format("headers from peers, for {} s: down to epoch {} from a head at {}", seconds, task.height,
                           task.target_height);
    return fmt::format("blocks are validated, for {} s: up to epoch {} of {}", seconds, task.height,
                       task.target_height);
}

bool Network::is_settled() const {
    auto& parts = *parts_;
    if (parts.settling->is_settled()) return true;
    const auto compared = parts.service->heads_compared();
    return parts.settling->look(parts.since_began(), parts.chain.head()->height(), compared, parts.chain.sync_status());
}

}  // namespace strata::node
