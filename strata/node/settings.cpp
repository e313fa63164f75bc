#include <strata/node/settings.hpp>

#include <fmt/format.h>

#include <limits>

#include <strata/base/log_levels.hpp>
#include <strata/base/nearest_word.hpp>
#include <strata/net/multiaddr.hpp>

namespace strata::node {
namespace {

constexpr std::int64_t kKiB = 1 << 10;
constexpr std::int64_t kMiB = 1 << 20;
constexpr std::int64_t kGiB = 1 << 30;
constexpr std::int64_t kNever = 1'000'000'000;  // epochs; far above every chain

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};

template <class T>
std::int64_t to_number(const T& from) {
    if constexpr (requires { from.count(); })
        return static_cast<std::int64_t>(from.count());
    else
        return static_cast<std::int64_t>(from);
}
template <class T>
void from_number(std::int64_t from, T& to) {
    if constexpr (IsOptional<T>::value)
        to = static_cast<typename T::value_type>(from);
    else
        to = T(from);
}
template <class T>
SettingValue number_value(const T& from) {
    if constexpr (IsOptional<T>::value)
        return from ? SettingValue(to_number(*from)) : SettingValue();
    else
        return to_number(from);
}

struct Range {
    std::int64_t least, most;
    std::string_view unit{};
};

/// `member` returns a reference to the member of Settings, const or not.
template <class Member>
Setting number(std::string_view name, Range range, std::string_view sentence, Member member, bool is_live = false) {
    return {.name = name,
            .sentence = sentence,
            .kind = Setting::Kind::number,
            .unit = range.unit,
            .least = range.least,
            .most = range.most,
            .is_live = is_live,
            .get = [member](const Settings& from) { return number_value(member(from)); },
            .set = [member, name, range](Settings& to, const SettingValue& value) -> Status {
                const auto wanted = std::get<std::int64_t>(value);
                if (wanted < range.least || wanted > range.most)
                    return fail(Errc::invalid_argument,
                                fmt::format("{} is {}, expected {} to {}{}{}", name, wanted, range.least, range.most,
                                            range.unit.empty() ? "" : " ", range.unit));
                from_number(wanted, member(to));
                return {};
            }};
}

template <class Member>
Setting flag(std::string_view name, std::string_view sentence, Member member, bool is_live = false) {
    return {.name = name,
            .sentence = sentence,
            .kind = Setting::Kind::flag,
            .is_live = is_live,
            .get = [member](const Settings& from) { return SettingValue(member(from)); },
            .set = [member](Settings& to, const SettingValue& value) -> Status {
                member(to) = std::get<bool>(value);
                return {};
            }};
}

template <class Member>
Setting text(std::string_view name, std::string_view sentence, Member member, bool is_live = false) {
    return {.name = name,
            .sentence = sentence,
            .kind = Setting::Kind::text,
            .is_live = is_live,
            .get = [member](const Settings& from) { return SettingValue(member(from)); },
            .set = [member](Settings& to, const SettingValue& value) -> Status {
                member(to) = std::get<std::string>(value);
                return {};
            }};
}

/// Addresses of libp2p. `names_peer`: each must end with the peer's id.
template <class Member>
Setting addresses(std::string_view name, bool names_peer, std::string_view sentence, Member member) {
    return {.name = name,
            .sentence = sentence,
            .kind = Setting::Kind::texts,
            .get = [member](const Settings& from) { return SettingValue(member(from)); },
            .set = [member, name, names_peer](Settings& to, const SettingValue& value) -> Status {
                for (const auto& one : std::get<std::vector<std::string>>(value)) {
                    const auto address = net::Multiaddr::parse(one);
                    if (!address)
                        return fail(Errc::invalid_argument,
                                    fmt::format("{} has {}: {}; expected an address such as /ip4/127.0.0.1/tcp/1347",
                                                name, one, address.error().message()));
                    if (names_peer && !address->peer())
                        return fail(
                            Errc::invalid_argument,
                            fmt::format("{} has {}, which does not end with /p2p/ and the peer's id", name, one));
                }
                member(to) = std::get<std::vector<std::string>>(value);
                return {};
            }};
}

#define STRATA_MEMBER(path) [](auto& of) -> auto& { return of.path; }

void add_api(std::vector<Setting>& out) {
    out.push_back(
        text("api.address",
             "The IP address on which the node serves its API, deals and retrieval. 127.0.0.1 is this machine "
             "alone; put a proxy with TLS in front of it before others may reach it.",
             STRATA_MEMBER(api_address)));
    out.push_back(
        number("api.port", {0, 65'535}, "The TCP port of the API; 0 takes any free one.", STRATA_MEMBER(api_port)));
    out.push_back(
        number("api.batch", {1, 100'000}, "The most calls in one request.", STRATA_MEMBER(api_limits.batch), true));
    out.push_back(number("api.request_bytes", {kKiB, kGiB, "bytes"},
                         "The longest request; over HTTP, http.body_bytes holds too.",
                         STRATA_MEMBER(api_limits.request_bytes), true));
    out.push_back(number("api.answer_bytes", {kKiB, 4 * kGiB, "bytes"},
                         "The longest answer, or all answers of a request with several calls together.",
                         STRATA_MEMBER(api_limits.answer_bytes), true));
    out.push_back(number("api.work_seconds", {1, 3'600, "seconds"},
                         "The most time that the node works on one request. Waiting does not count.",
                         STRATA_MEMBER(api_limits.work), true));
    out.push_back(number("api.memory_bytes", {kMiB, 64 * kGiB, "bytes"},
                         "The most memory of all requests together; with more, new requests get the status 503.",
                         STRATA_MEMBER(api_limits.memory), true));
}

void add_http(std::vector<Setting>& out) {
    out.push_back(number("http.connections", {1, 1'000'000}, "The most open connections of clients.",
                         STRATA_MEMBER(http.connections), true));
    out.push_back(number("http.sockets", {0, 100'000}, "How many of these may be WebSockets.",
                         STRATA_MEMBER(http.sockets), true));
    out.push_back(number("http.threads", {1, 1'024},
                         "How many requests of one kind (API, market, pieces, blocks) are worked on at once.",
                         STRATA_MEMBER(http.threads)));
    out.push_back(number("http.body_bytes", {kKiB, 64 * kGiB, "bytes"},
                         "The longest body of a request. The data of a deal is one body.",
                         STRATA_MEMBER(http.body_bytes), true));
    out.push_back(number("http.bodies_bytes", {kKiB, 64 * kGiB, "bytes"},
                         "The most bytes of all bodies that arrive or are worked on.", STRATA_MEMBER(http.bodies_bytes),
                         true));
    out.push_back(number("http.idle_seconds", {1, 86'400, "seconds"},
                         "How long a connection may be silent before it is closed.", STRATA_MEMBER(http.idle), true));
    out.push_back(flag("http.any_origin", "Lets the scripts of all web pages read the answers (CORS).",
                       STRATA_MEMBER(http.any_origin), true));
}

void add_network(std::vector<Setting>& out) {
    out.push_back(addresses("network.listen", false,
                            "The addresses on which the node listens for peers. For a public network, "
                            "/ip4/0.0.0.0/tcp/1347 lets peers reach it.",
                            STRATA_MEMBER(listen)));
    out.push_back(addresses("network.announce", false,
                            "The addresses that peers are told of; empty: those on which the node listens.",
                            STRATA_MEMBER(announce)));
    out.push_back(addresses("network.peers", true, "Peers to connect to, beside those that the network publishes.",
                            STRATA_MEMBER(peers)));
    out.push_back(flag("network.bootstrap", "Connects to the peers that are published with the network.",
                       STRATA_MEMBER(bootstrap)));
    out.push_back(number("network.peers_low", {1, 10'000}, "With fewer peers than this, the node looks for more.",
                         STRATA_MEMBER(peers_low), true));
    out.push_back(number("network.peers_high", {1, 10'000}, "With more peers than this, some connections are closed.",
                         STRATA_MEMBER(peers_high), true));
    out.push_back(number("network.connections", {8, 100'000}, "The most connections with peers.",
                         STRATA_MEMBER(swarm.connections), true));
    out.push_back(number("network.inbound", {0, 100'000}, "How many of these may come from outside.",
                         STRATA_MEMBER(swarm.inbound), true));
    out.push_back(number("network.per_ip", {1, 100'000}, "The most connections from one IP address.",
                         STRATA_MEMBER(swarm.per_ip), true));
    out.push_back(number("network.memory_bytes", {16 * kMiB, 64 * kGiB, "bytes"},
                         "The most bytes that wait in the streams of all peers.", STRATA_MEMBER(swarm.memory), true));
}

/// Zero, or as many epochs as rules look back.
Setting keep_epochs() {
    auto out = number("store.keep_epochs", {0, kNever, "epochs"},
                      "The states of this number of newest tipsets are kept, at least 1900; 0 keeps all.",
                      STRATA_MEMBER(keep_epochs));
    out.set = [any = std::move(out.set)](Settings& to, const SettingValue& value) -> Status {
        const auto wanted = std::get<std::int64_t>(value);
        if (wanted > 0 && wanted < chain::kLeastKeptEpochs)
            return fail(Errc::invalid_argument,
                        fmt::format("store.keep_epochs is {}, expected 0 for all, or a number from {} on, since rules "
                                    "look back that far",
                                    wanted, chain::kLeastKeptEpochs));
        return any(to, value);
    };
    return out;
}

void add_store(std::vector<Setting>& out) {
    out.push_back(keep_epochs());
    out.push_back(number("pool.high", {1, 10'000'000}, "With this many messages, the pool drops the least valuable.",
                         STRATA_MEMBER(pool.high), true));
    out.push_back(
        number("pool.low", {1, 10'000'000}, "How many messages are left after that.", STRATA_MEMBER(pool.low), true));
}

void add_storage(std::vector<Setting>& out) {
    out.push_back(number("provider.accept_delay", {0, kNever, "epochs"},
                         "How long a sector with room waits for more pieces after its first one.",
                         STRATA_MEMBER(provider_accept_delay), true));
    out.push_back(number("provider.message_confidence", {0, 900, "epochs"},
                         "How many epochs must follow a message's execution before it counts.",
                         STRATA_MEMBER(provider_message_confidence), true));
    out.push_back(number("provider.batch", {1, 256}, "How many sectors one message may pre-commit or prove.",
                         STRATA_MEMBER(provider_batch), true));
    out.push_back(
        number("provider.max_fee", {1'000, 1'000'000'000'000, "nanoFIL"},
               "The most that one message of the provider may cost, also when its bid is raised because it waits "
               "too long: 70000000 is 0.07 FIL.",
               STRATA_MEMBER(provider_max_fee), true));
    out.push_back(number("provider.max_post_fee", {1'000, 1'000'000'000'000, "nanoFIL"},
                         "The same for a message with window proofs, without which sectors become faulty.",
                         STRATA_MEMBER(provider_max_post_fee), true));
    out.push_back(number("market.max_waiting", {1, 1'000'000},
                         "How many deals may wait for their data or for publication.",
                         STRATA_MEMBER(market_max_waiting), true));
    out.push_back(number("market.max_waiting_per_client", {1, 1'000'000}, "How many of these may be of one client.",
                         STRATA_MEMBER(market_max_waiting_per_client), true));
    out.push_back(number("market.data_wait", {1, kNever, "epochs"}, "How long an accepted deal waits for its data.",
                         STRATA_MEMBER(market_data_wait), true));
    out.push_back(number("market.publish_delay", {0, kNever, "epochs"},
                         "How long a deal waits for others to share the message that publishes it.",
                         STRATA_MEMBER(market_publish_delay), true));
    out.push_back(number("market.publish_batch", {1, 256}, "How many deals one message may publish.",
                         STRATA_MEMBER(market_publish_batch), true));
    out.push_back(
        number("market.price", {0, std::numeric_limits<std::int64_t>::max(), "attoFIL"},
               "The provider's ask: the least price of a GiB for an epoch. Deals that were accepted keep theirs.",
               STRATA_MEMBER(market_price), true));
}

void add_wallet(std::vector<Setting>& out) {
    out.push_back(text("wallet.passphrase_file",
                       "A file whose first line is the passphrase of the encrypted wallet; only its owner may read it. "
                       "Without, the wallet stays locked until strata wallet unlock.",
                       STRATA_MEMBER(wallet_passphrase_file)));
    out.push_back(text("wallet.passphrase_command",
                       "A command of the shell that writes the passphrase, such as that of a password manager. It is "
                       "used if no file is named.",
                       STRATA_MEMBER(wallet_passphrase_command)));
}

void add_log(std::vector<Setting>& out) {
    out.push_back(text("log.levels",
                       "The level of the log, and other levels for single categories: \"info,sync=debug\". Levels are "
                       "debug, info, warning, error and off. Empty: as the option --log-level says.",
                       STRATA_MEMBER(log_levels), true));
    out.back().set = [any = std::move(out.back().set)](Settings& to, const SettingValue& value) -> Status {
        const auto& levels = std::get<std::string>(value);
        if (!levels.empty()) STRATA_OK(check_log_levels(levels));
        return any(to, value);
    };
}

#undef STRATA_MEMBER

Status in_order(std::string_view smaller, std::size_t a, std::string_view larger, std::size_t b) {
    if (a <= b) return {};
    return fail(
        Errc::invalid_argument,
        fmt::format("{} is {} and {} is {}; expected the first to be at most the second", smaller, a, larger, b));
}

}  // namespace

const std::vector<Setting>& all_settings() {
    static const auto all = [] {
        std::vector<Setting> out;
        for (const auto add : {add_api, add_http, add_network, add_store, add_storage, add_wallet, add_log}) add(out);
        return out;
    }();
    return all;
}

const Setting* find_setting(std::string_view name) {
    const auto& all = all_settings();
    const auto found = std::ranges::find(all, name, &Setting::name);
    return found == all.end() ? nullptr : &*found;
}

std::string_view nearest_setting(std::string_view name) {
    constexpr std::size_t kLongest = 64, kNear = 3;
    if (name.size() > kLongest) return {};
    const auto& all = all_settings();
    const auto nearest =
        std::ranges::min_element(all, {}, [&](const auto& one) { return edit_distance(one.name, name); });
    return edit_distance(nearest->name, name) <= kNear ? nearest->name : std::string_view();
}

Status check_settings(const Settings& settings) {
    STRATA_OK(in_order("pool.low", settings.pool.low, "pool.high", settings.pool.high));
    STRATA_OK(in_order("network.peers_low", settings.peers_low, "network.peers_high", settings.peers_high));
    STRATA_OK(in_order("network.inbound", settings.swarm.inbound, "network.connections", settings.swarm.connections));
    STRATA_OK(in_order("http.sockets", settings.http.sockets, "http.connections", settings.http.connections));
    return in_order("http.body_bytes", settings.http.body_bytes, "http.bodies_bytes", settings.http.bodies_bytes);
}

http::ServerLimits server_limits(const Settings& settings) {
    http::ServerLimits out = settings.http;
    out.socket_message_bytes = settings.api_limits.request_bytes;
    // Two of the longest answers, so that one reader does not keep the next one waiting.
    out.answers_bytes = std::max<std::uint64_t>(out.answers_bytes, 2 * std::uint64_t{settings.api_limits.answer_bytes});
    return out;
}

}  // namespace strata::node
