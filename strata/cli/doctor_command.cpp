// strata doctor: looks at a node from outside (its folder, this machine, its API) and says what to do for each finding.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <chrono>

#include <nlohmann/json.hpp>

#include <strata/api/client.hpp>
#include <strata/base/files.hpp>
#include <strata/base/lock_holder.hpp>
#include <strata/cli/commands.hpp>
#include <strata/cli/exit_codes.hpp>
#include <strata/cli/home.hpp>
#include <strata/cli/node_verb.hpp>
#include <strata/cli/provider_calls.hpp>
#include <strata/cli/terminal.hpp>
#include <strata/devnet/network_folder.hpp>
#include <strata/drand/info.hpp>
#include <strata/http/client.hpp>
#include <strata/terminal/width.hpp>

namespace strata::cli {
namespace {

namespace fs = std::filesystem;
using api::Json;

constexpr std::uint64_t kMiB = 1 << 20;
constexpr std::uint64_t kLeastFree = 256 * kMiB;       // with less a node soon cannot write
constexpr std::uint64_t kUsualFree = 5 * 1024 * kMiB;  // a public network grows by gigabytes a day
constexpr std::int64_t kMostBehind = 5;                // epochs
constexpr std::uint64_t kLeastFiles = 4096;            // connections and files of a node
constexpr std::int64_t kMostBeaconDelay = 5;           // seconds from a round's time until a server has it

struct DoctorOptions : NodeOptions {
    fs::path parameters;
};

enum class Level { good, warning, fault };

struct Finding {
    Level level = Level::good;
    std::string check;  // a name that stays
    std::string found;
    std::string next;  // what to do; empty if nothing
};

std::string_view name_of(Level level) {
    return level == Level::good ? "ok" : level == Level::warning ? "warning" : "fault";
}

std::string mib(std::uint64_t bytes) {
    return fmt::format("{} MiB", bytes / kMiB);
}

/// Looks at one node. What cannot be looked at because an earlier check failed is left out.
class Doctor {
  public:
    explicit Doctor(const DoctorOptions& options) : options_(options) {}

    std::vector<Finding> examine() {
        check_folder();
        check_machine();
        check_parameters();
        check_node();
        return std::move(findings_);
    }

  private:
    void add(Level level, const char* check, std::string found, std::string next = {}) {
        findings_.push_back({level, check, std::move(found), std::move(next)});
    }

    void check_folder() {
        if (!names_folder(options_)) return;
        const auto folder = node_folder(options_);
        if (!folder)
            return add(Level::fault, "folder", folder.error().message(), "name a node that is there with --node");
        std::error_code error;
        if (!fs::is_directory(*folder, error))
            return add(Level::warning, "folder", folder->string() + " does not exist",
                       "start a network with strata devnet up, or name a folder with --network");
        is_local_ = devnet::has_network(folder->parent_path()) || devnet::has_network(*folder);
        if (access(folder->c_str(), R_OK | W_OK | X_OK) != 0)
            add(Level::fault, "folder", folder->string() + " cannot be read and written by this user",
                "run as the user who owns it, or give it to this user: chown -R");
        else
            add(Level::good, "folder", folder->string() + " can be read and written");
        check_secrets(*folder);
        check_space(*folder);
        check_lock(*folder);
    }

    /// Files that open the wallet must be for the owner alone. A folder of sectors may be read by others.
    void check_secrets(const fs::path& folder) {
        std::string open;
        for (const char* name : {"token", "repository", "keystore", "libp2p.key", "backups"}) {
            std::error_code error;
            const auto status = fs::status(folder / name, error);
            if (error || !fs::exists(status)) continue;
            const auto others = fs::perms::group_all | fs::perms::others_all;
            const bool is_folder = fs::is_directory(status);
            if ((status.permissions() & others) != fs::perms::none)
                open += fmt::format("{}chmod {} {}", open.empty() ? "" : "; ", is_folder ? "700" : "600",
                                    (folder / name).string());
        }
        if (open.empty())
            add(Level::good, "key_files", "keys and token are readable by their owner only");
        else
            add(Level::fault, "key_files", "other users of this machine can read the keys or the token", open);
    }

    void check_space(const fs::path& folder) {
        std::error_code error;
        const auto space = fs::space(folder, error);
        if (error) return add(Level::warning, "disk_space", "the free space is not known: " + error.message());
        if (space.available < kLeastFree)
            return add(Level::fault, "disk_space", mib(space.available) + " are free on the disk of " + folder.string(),
                       "make room: strata repo collect removes old states of a stopped node");
        if (space.available < kUsualFree && !is_local_)
            return add(Level::warning, "disk_space",
                       mib(space.available) + " are free on the disk of " + folder.string(),
                       "make room before it is full; --keep-epochs of node run keeps fewer states");
        add(Level::good, "disk_space", mib(space.available) + " are free");
    }

    void check_lock(const fs::path& folder) {
        const auto holder = LockHolder::find(folder);
        if (!holder) return add(Level::warning, "process", holder.error().message());
        if (*holder) return add(Level::good, "process", fmt::format("process {} runs the node", (*holder)->id()));
        // A network in one process has a lock of its own alone, and its nodes write where they answer.
        const auto network = LockHolder::find(folder.parent_path());
        is_one_process_ = is_local_ && network && *network && !node::read_access_files(folder).url.empty();
        if (is_one_process_)
            return add(Level::good, "process", fmt::format("process {} runs the whole network", (*network)->id()));
        add(Level::warning, "process", "no process runs this node",
            is_local_ ? "strata devnet up starts the nodes of a local network" : "start it with strata node run");
    }

    void check_machine() {
        rlimit files{};
        if (getrlimit(RLIMIT_NOFILE, &files) != 0) return;
        if (files.rlim_cur < kLeastFiles)
            add(Level::warning, "open_files", fmt::format("a process may open {} files", files.rlim_cur),
                fmt::format("raise the limit to at least {}: ulimit -n, or LimitNOFILE of systemd", kLeastFiles));
        else
            add(Level::good, "open_files", fmt::format("a process may open {} files", files.rlim_cur));
    }

    void check_parameters() {
        const auto folder = options_.parameters.empty() ? cache_folder() / "params" : options_.parameters;
        std::error_code error;
        std::uint64_t verifying = 0, proving = 0;
        for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
            verifying += at->path().extension() == ".vk" ? 1 : 0;
            proving += at->path().extension() == ".params" ? 1 : 0;
        }
        if (verifying == 0)
            return add(Level::warning, "parameters", "there are no keys of proofs in " + folder.string(),
                       "a local network makes them at its first start; a public one needs the published ones there, "
                       "or --params names a different folder");
        add(Level::good, "parameters",
            fmt::format("{} keys to verify and {} keys to prove in {}", verifying, proving, folder.string()));
    }

    void check_node() {
        const auto place = find_node(options_);
        if (!place) return add(Level::fault, "api", place.error().message(), "start the node, or name it with --api");
        api::Client node(place->url, place->token);
        const auto version = node.ask("Version", Json::array());
        if (!version)
            return add(Level::fault, "api", version.error().message(),
                       "look at its log: strata.log in its folder; strata node stop ends a node that hangs");
        add(Level::good, "api", fmt::format("{} answers at {}", member_text(*version, "Version"), node.url()));
        check_token(node, place->token);
        check_chain(node);
        check_health(node);
        check_peers(node);
        check_ports(node);
        check_wallet(node);
    }

    void check_token(api::Client& node, const std::string& token) {
        constexpr const char* kNext =
            "take the file token of the node's folder, or make one: strata auth token --perm admin";
        if (token.empty())
            return add(Level::warning, "token", "no token is known, so the node may only be read", kNext);
        const auto allowed = node.ask("AuthVerify", Json::array({token}));
        if (!allowed) return add(Level::fault, "token", allowed.error().message(), kNext);
        std::string names;
        for (const auto& one : *allowed)
            if (one.is_string()) names += (names.empty() ? "" : ", ") + one.get<std::string>();
        const bool is_complete = names.find("admin") != std::string::npos;
        add(is_complete ? Level::good : Level::warning, "token", "the token allows " + names, is_complete ? "" : kNext);
    }

    void check_chain(api::Client& node) {
        const auto head = node.ask("ChainHead", Json::array());
        if (!head) return add(Level::fault, "chain", head.error().message());
        const Json blocks = member(*head, "Blocks");
        if (!blocks.is_array() || blocks.empty() || !member(blocks[0], "Timestamp").is_number_integer()) return;
        const auto made = blocks[0]["Timestamp"].get<std::int64_t>();
        const auto now =
            std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
                .count();
        const auto epoch = member_text(*head, "Height");
        if (made > now + 1)
            return add(Level::fault, "clock",
                       fmt::format("the head, epoch {}, is {} s in the future", epoch, made - now),
                       "set this machine's clock: chrony or systemd-timesyncd keep it right");
        add(Level::good, "clock", fmt::format("the head, epoch {}, was made {} s ago", epoch, now - made));
        check_beacon_clock(now);
    }

    /// The newest round of the beacon tells the time: it comes out at its own second, and nobody can have it earlier.
    void check_beacon_clock(std::int64_t now) {
        const auto url = beacon_url();
        if (url.empty()) return;
        constexpr http::ClientLimits kLimits{
            .body_bytes = 1 << 20, .timeout = std::chrono::seconds(5), .total = std::chrono::seconds(5)};
        const auto ask = [&](const char* path) {
            const auto answer = http::get(url + path, {}, kLimits);
            return answer && answer->status == 200 ? Json::parse(as_text(answer->body), nullptr, false) : Json();
        };
        const auto info = ask("/info"), latest = ask("/public/latest");
        const auto number = [](const Json& from, const char* name) {
            return member(from, name).is_number_integer() ? from[name].get<std::int64_t>() : 0;
        };
        const auto period = number(info, "period"), began = number(info, "genesis_time"),
                   round = number(latest, "round");
        constexpr std::int64_t kMost = std::int64_t{1} << 40;  // of each, so that nothing below overflows
        const auto is_usual = [](std::int64_t value, std::int64_t most) { return value > 0 && value < most; };
        if (!is_usual(period, 1 << 20) || !is_usual(began, kMost) || !is_usual(round, kMost))
            return add(Level::warning, "beacon", "the beacon does not answer at " + url,
                       is_local_ ? "strata devnet up --processes starts the beacon of its network again"
                                 : "miners need its rounds; a firewall may hold it up");
        const auto ahead = now - (began + (round - 1) * period);
        if (ahead < -1)
            return add(Level::fault, "clock_of_beacon",
                       fmt::format("this machine's clock is {} s behind the beacon", -ahead),
                       "set this machine's clock: chrony or systemd-timesyncd keep it right");
        if (ahead > period + kMostBeaconDelay)
            return add(
                Level::fault, "clock_of_beacon",
                fmt::format("the newest round of the beacon is {} s old, and they come every {} s: this machine's "
                            "clock is ahead, or the beacon stands still",
                            ahead, period),
                "compare the clock with a watch; chrony or systemd-timesyncd keep it right");
        add(Level::good, "clock_of_beacon", fmt::format("the newest round of the beacon is {} s old", ahead));
    }

    /// The beacon of a local network, if its time is the calendar's; quicknet's first public server for others.
    std::string beacon_url() const {
        if (!is_local_) return "https://api.drand.sh/" + std::string(drand::kQuicknetHash);
        const auto folder = node_folder(options_);
        if (!folder) return {};
        for (const auto& network : {folder->parent_path(), *folder}) {
            std::error_code error;
            if (fs::exists(network / "time-lag", error)) return {};
            const auto url = read_file(network / "beacon" / "url", 1 << 10);
            if (!url) continue;
            std::string text(as_text(*url));
            while (!text.empty() && (text.back() == '\n' || text.back() == '/')) text.pop_back();
            return text;
        }
        return {};
    }

    void check_health(api::Client& node) {
        constexpr http::ClientLimits kLimits{
            .body_bytes = 1 << 20, .timeout = std::chrono::seconds(30), .total = std::chrono::seconds(30)};
        const auto answer = http::get(host_of(node.url()) + "/health/status", {}, kLimits);
        const auto status = answer ? Json::parse(as_text(answer->body), nullptr, false) : Json();
        if (!status.is_object())
            return add(Level::warning, "sync", "this is not a node of Strata: it does not tell its state",
                       "strata sync status shows what every node tells");
        const auto behind = member(status, "Behind").is_number_integer() ? status["Behind"].get<std::int64_t>() : 0;
        const auto waits = member_text(status, "WaitsFor");
        if (behind > kMostBehind)
            add(Level::fault, "sync", fmt::format("the head is {} epochs behind; it waits for {}", behind, waits),
                "wait if it comes nearer; otherwise mend what is said of peers and clock");
        else
            add(Level::good, "sync", fmt::format("the head is {} epochs behind", behind));
        for (const auto& part : member(status, "Failures"))
            add(Level::fault, "failing_part",
                fmt::format("{} fails since epoch {}, {} times", member_text(part, "Part"), member_text(part, "Since"),
                            member_text(part, "Times")),
                "the reason is in strata.log in the node's folder");
    }

    void check_peers(api::Client& node) {
        if (is_one_process_)
            return add(Level::good, "peers", "the nodes of this network are one process, and need no peers");
        const auto peers = node.ask("NetPeers", Json::array());
        if (!peers) return add(Level::warning, "peers", peers.error().message());
        const auto count = peers->is_array() ? peers->size() : 0;
        if (count == 0)
            add(Level::fault, "peers", "the node has no peers",
                "name one with strata net connect, or start it with --peer or --bootstrap; a firewall may hold it up");
        else
            add(Level::good, "peers", fmt::format("{} peers are connected", count));
    }

    /// Tries each address that the node says it listens at.
    void check_ports(api::Client& node) {
        if (is_one_process_) return;
        const auto self = node.ask("NetAddrsListen", Json::array());
        if (!self) return add(Level::warning, "ports", self.error().message());
        std::string silent, open;
        bool is_reachable = false;
        for (const auto& one : member(*self, "Addrs")) {
            const auto text = one.is_string() ? one.get<std::string>() : "";
            if (!text.starts_with("/ip4/")) continue;
            is_reachable |= !text.starts_with("/ip4/127.");
            auto& list = answers(text) ? open : silent;
            list += (list.empty() ? "" : ", ") + text;
        }
        if (!silent.empty())
            return add(Level::fault, "ports", "nobody answers at " + silent,
                       "a different program or a firewall may hold the port; node run --listen names a different one");
        if (open.empty()) return add(Level::warning, "ports", "the node listens nowhere over IPv4");
        if (!is_reachable && !is_local_)
            return add(Level::warning, "ports", "the node listens on this machine only: " + open,
                       "others reach it with node run --listen /ip4/0.0.0.0/tcp/PORT");
        add(Level::good, "ports", "the node answers at " + open);
    }

    /// Returns true if a TCP connection to /ip4/A/tcp/P/… can be made within two seconds.
    static bool answers(const std::string& multiaddr) {
        constexpr std::string_view kIp = "/ip4/", kTcp = "/tcp/";
        const auto tcp = multiaddr.find(kTcp);
        if (tcp == std::string::npos) return false;
        const auto host = multiaddr.substr(kIp.size(), tcp - kIp.size());
        std::uint16_t port = 0;
        const char* const from = multiaddr.data() + tcp + kTcp.size();
        if (std::from_chars(from, multiaddr.data() + multiaddr.size(), port).ec != std::errc()) return false;
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        if (inet_pton(AF_INET, host.c_str(), &to.sin_addr) != 1) return false;
        const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (socket < 0) return false;
        bool is_open = connect(socket, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
        if (!is_open && errno == EINPROGRESS) {
            constexpr int kPatience = 2000;  // milliseconds
            pollfd waiting{.fd = socket, .events = POLLOUT, .revents = 0};
            int failure = 1;
            socklen_t size = sizeof failure;
            is_open = poll(&waiting, 1, kPatience) == 1 &&
                      getsockopt(socket, SOL_SOCKET, SO_ERROR, &failure, &size) == 0 && failure == 0;
        }
        close(socket);
        return is_open;
    }

    /// A locked wallet signs nothing: no message, no block. Source of the state: strata/api/methods_wallet_lock.cpp.
    void check_lock_of_wallet(api::Client& node) {
        constexpr int kLocked = 1;
        const auto state = node.ask("WalletState", Json::array());
        if (!state) return;  // the token may not ask, or the node is not of Strata
        const auto encrypted = node.ask("HasPassword", Json::array());
        const bool is_encrypted = encrypted && *encrypted == true;
        if (*state == kLocked)
            return add(Level::fault, "wallet_lock", "the wallet is locked: the node signs no messages and no blocks",
                       "strata wallet unlock opens it until the node ends; wallet.passphrase_file or "
                       "wallet.passphrase_command in its settings opens it at each start");
        add(Level::good, "wallet_lock",
            is_encrypted ? "the wallet is encrypted and open" : "the wallet is not encrypted, and open",
            is_encrypted ? "" : "strata wallet encrypt keeps its keys under a passphrase");
    }

    void check_wallet(api::Client& node) {
        check_lock_of_wallet(node);
        const auto address = node.ask("WalletDefaultAddress", Json::array());
        if (!address)
            return add(Level::warning, "wallet", "the node has no default address, or the token may not ask for it",
                       "strata wallet new makes a key, strata wallet default chooses one");
        const auto balance = node.ask("WalletBalance", Json::array({*address}));
        if (!balance) return add(Level::warning, "wallet", balance.error().message());
        const bool is_empty = *balance == "0";
        add(is_empty ? Level::warning : Level::good, "wallet",
            fmt::format("{} has {}", address->get<std::string>(), fil_of(*balance)),
            is_empty ? "messages cost gas: send FIL to this address" : "");
    }

    const DoctorOptions& options_;
    std::vector<Finding> findings_;
    bool is_local_ = false;        // a local network, where little space and one machine are usual
    bool is_one_process_ = false;  // the nodes of the local network are one process
};

int report(const DoctorOptions& options) {
    const auto findings = Doctor(options).examine();
    Json out = Json::array();
    std::string text;
    bool is_well = true;
    for (const auto& one : findings) {
        is_well &= one.level != Level::fault;
        out.push_back(
            {{"Check", one.check}, {"State", name_of(one.level)}, {"Found", one.found}, {"NextStep", one.next}});
        text += fmt::format("{:<8} {:<13} {}\n", name_of(one.level), one.check, one.found);
        if (!one.next.empty()) text += fmt::format("{:<8} {:<13} {}\n", "", "what to do", one.next);
    }
    fmt::print("{}", options.json ? out.dump(1, ' ', false, Json::error_handler_t::replace) + "\n"
                                  : terminal::folded(text, terminal::columns_of(stdout)));
    return is_well ? kDone : kFault;
}

}  // namespace

void add_doctor(CLI::App& app, Run& run) {
    auto options = std::make_shared<DoctorOptions>();
    auto* doctor = app.add_subcommand(
        "doctor", "check a node, its folder and this machine, and say what to do; exit code 1 if there is a fault");
    doctor->footer("Example: strata doctor --node provider-1");
    add_node_options(*doctor, *options);
    doctor->add_option("--params", options->parameters, "where proof keys are kept (default ~/.cache/strata/params)");
    doctor->callback([options, &run] { run = [options] { return report(*options); }; });
}

}  // namespace strata::cli
