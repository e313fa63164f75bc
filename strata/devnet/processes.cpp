#include <strata/devnet/processes.hpp>
#include <strata/node/access_files.hpp>

#include <fmt/format.h>

#include <csignal>
#include <thread>

#include <nlohmann/json.hpp>

#include <strata/actors/table.hpp>
#include <strata/base/child_process.hpp>
#include <strata/base/files.hpp>
#include <strata/base/folder_lock.hpp>
#include <strata/base/log.hpp>
#include <strata/chain/chain_store.hpp>
#include <strata/chain/local_beacon.hpp>
#include <strata/chain/network.hpp>
#include <strata/devnet/network_beacon.hpp>
#include <strata/devnet/network_clock.hpp>
#include <strata/devnet/network_folder.hpp>
#include <strata/devnet/node_process.hpp>
#include <strata/devnet/proof_keys.hpp>
#include <strata/http/client.hpp>
#include <strata/store/repository.hpp>
#include <strata/wasm/actor_table.hpp>

namespace strata::devnet {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using SteadyTime = std::chrono::steady_clock::time_point;

const Log kLog("devnet");

constexpr auto kLookEvery = 200ms;
constexpr auto kShowEvery = 1s;
constexpr auto kStopTime = 30s;  // for a node to end after SIGTERM
constexpr auto kFirstPause = 1s;
constexpr auto kLongestPause = 30s;
constexpr auto kLivedWell = 60s;  // after this long the pause is the first one again
/// A network that did not run for more epochs than this goes on as if no time had passed: proofs would be missed.
constexpr std::uint64_t kLongestGap = 20;

/// A node of the network, or its beacon: the process, and when it is to be started again.
class Member {
  public:
    Member(fs::path program, fs::path network, std::string name, std::vector<std::string> arguments)
        : program_(std::move(program)),
          network_(std::move(network)),
          name_(std::move(name)),
          folder_(network_ / name_),
          arguments_(std::move(arguments)) {}

    const std::string& name() const { return name_; }
    const fs::path& folder() const { return folder_; }
    bool is_node() const { return name_ != kBeaconFolder; }
    std::string url() const { return is_node() ? node::read_access_files(folder_).url : beacon_url(network_); }

    Status start() {
        STRATA_OK(make_folders(folder_));
        // A process that was killed has left them.
        STRATA_OK(node::remove_access_files(folder_));
        STRATA_OK(remove_path(folder_ / kBeaconUrlFile));
        STRATA_TRY(child_, ChildProcess::start(program_, arguments_, folder_ / "output"));
        started_ = std::chrono::steady_clock::now();
        return {};
    }
    /// Starts the process again when its pause is over. Returns a sentence when the process was found dead.
    Result<std::string> look(SteadyTime now) {
        if (!child_) {
            if (!is_stopped_ && now >= again_) STRATA_OK(start());
            return std::string();
        }
        const auto ended = child_->ended();
        if (!ended) return std::string();
        child_.reset();
        is_stopped_ = ended->is_good();
        if (is_stopped_)
            return fmt::format("{} was asked to stop, and stays stopped until the network starts again", name_);
        pause_ = now - started_ > kLivedWell ? kFirstPause : pause_;
        again_ = now + pause_;
        const auto text = fmt::format("{} ended with {}; it starts again in {} s (what it said: {})", name_,
                                      ended->text(), pause_.count(), (folder_ / "output").string());
        pause_ = std::min<std::chrono::seconds>(pause_ * 2, kLongestPause);
        return text;
    }
    void ask_to_stop() {
        if (child_) child_->signal(SIGTERM);
    }
    bool runs() { return child_ && !child_->ended(); }

  private:
    const fs::path program_;
    const fs::path network_;
    const std::string name_;
    const fs::path folder_;
    const std::vector<std::string> arguments_;
    std::optional<ChildProcess> child_;
    bool is_stopped_ = false;  // by the wish of a person
    SteadyTime started_{}, again_{};
    std::chrono::seconds pause_ = kFirstPause;
};

constexpr unsigned kPeerPorts = kProviders + 1;  // one for each node
constexpr unsigned kApiPorts = kPeerPorts + 1;   // and one for the beacon

/// The ports of the APIs and those for peers must not be the same; 0 leaves the choice to the system.
Status check_apart(unsigned first_port, unsigned first_peer_port) {
    if (first_port == 0 || first_peer_port == 0) return {};
    if (first_port + kApiPorts <= first_peer_port || first_peer_port + kPeerPorts <= first_port) return {};
    return fail(Errc::invalid_argument,
                fmt::format("--peer-port {}: the nodes and the beacon use the ports {} to {} for their APIs, and the "
                            "nodes {} ports from --peer-port on; choose one that is apart",
                            first_peer_port, first_port, first_port + kApiPorts - 1, kPeerPorts));
}

/// Returns the arguments of the beacon's process. Its port follows those of the nodes.
std::vector<std::string> beacon_arguments(const DevnetConfig& config) {
    const unsigned port = config.first_port == 0 ? 0U : config.first_port + kProviders + 1U;
    return {"--log-level", "info",
            "--log-file",  (config.folder / kBeaconFolder / "strata.log").string(),
            "beacon",      "run",
            "--network",   config.folder.string(),
            "--listen",    fmt::format("127.0.0.1:{}", port)};
}

std::vector<std::string> arguments_of(const ProcessesOptions& options, const DevnetConfig& config,
                                      const std::string& name, std::size_t index) {
    const auto port = [&](std::uint16_t first) { return first == 0 ? 0U : first + static_cast<unsigned>(index); };
    std::vector<std::string> out{"--log-level",   "info",
                                 "--log-file",    (config.folder / name / "strata.log").string(),
                                 "node",          "run",
                                 "--network",     config.folder.string(),
                                 "--name",        name,
                                 "--params",      config.parameters.string(),
                                 "--port",        std::to_string(port(config.first_port)),
                                 "--listen",      fmt::format("/ip4/127.0.0.1/tcp/{}", port(options.first_peer_port)),
                                 "--keep-epochs", chain::keep_epochs_text(options.keep_epochs)};
    if (!config.bundle.empty()) out.insert(out.end(), {"--bundle", config.bundle.string()});
    if (config.empty_blocks) out.emplace_back("--empty-blocks");
    return out;
}

Result<std::vector<Member>> members_of(const ProcessesOptions& options, const DevnetConfig& config) {
    // Its name is asked for once: the file may be replaced by a newer program while this one runs.
    STRATA_TRY(const auto program, own_program());
    std::vector<Member> out;
    for (std::size_t i = 0; i <= kProviders; ++i) {
        const std::string name = i == kProviders ? std::string(kClientName) : provider_name(i);
        out.emplace_back(program, config.folder, name, arguments_of(options, config, name, i));
    }
    out.emplace_back(program, config.folder, kBeaconFolder, beacon_arguments(config));
    return out;
}

/// Returns the height of a stopped node's head; 0 if it has no chain yet.
Result<ChainEpoch> stopped_head(const fs::path& folder) {
    if (!fs::exists(folder / "repository")) return ChainEpoch{0};
    STRATA_TRY(const auto repository, store::Repository::open(folder / "repository"));
    chain::ChainStore chain(repository->blocks(), repository->records());
    const auto opened = chain.open();
    if (!opened && opened.error().code() == Errc::not_found) return ChainEpoch{0};
    if (!opened) return opened.error();
    return chain.head()->height();
}

/// Lets the network go on with the epoch after its head, unless it ran a moment ago.
Status settle_time(const DevnetConfig& config, const chain::Network& network) {
    ChainEpoch head = 0;
    for (std::size_t i = 0; i <= kProviders; ++i) {
        STRATA_TRY(const auto height,
                   stopped_head(config.folder / (i == kProviders ? std::string(kClientName) : provider_name(i))));
        head = std::max(head, height);
    }
    const auto calendar = static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::seconds>(Clocks::of_machine().calendar()).count());
    STRATA_TRY(const auto lag, time_lag(config.folder));
    const std::uint64_t next = network.timestamp_at(head + 1);
    if (calendar - std::min(calendar, lag) <= next + kLongestGap * network.block_delay) return {};
    return set_time_lag(config.folder, calendar - next);
}

/// Makes what the network's folder lacks: sectors, genesis, description.
Status prepare(const DevnetConfig& config, terminal::Report& report, const std::atomic<bool>& stop) {
    report.stage("Keys for proofs");
    const bool is_new = !has_network(config.folder);
    STRATA_OK(make_keys(config.parameters, config.sector_size, report, stop));
    report.stage(is_new ? "A new network: its first sectors are sealed, and its genesis is made"
                        : "The network starts");
    const auto network = describe_network(config, network_beacon(config));
    STRATA_OK(check_network_folder(config, network));
    auto actors = actors::native_actors();
    if (!config.bundle.empty()) {
        STRATA_TRY(actors, wasm::open_wasm_actors(config.bundle, config.wasm_cache));
    }
    STRATA_OK(make_network(config, network, make_accounts(config.seed), *actors, report.watch(&stop)));
    return settle_time(config, network);
}

class Supervisor {
  public:
    Supervisor(const UpOptions& options, const DevnetConfig& config, std::vector<Member> members,
               terminal::Report& report, const std::atomic<bool>& stop)
        : options_(options), config_(config), members_(std::move(members)), report_(report), stop_(stop) {}

    /// The nodes are asked to stop also if one of them cannot be started.
    Status run() {
        const auto watched = watch();
        const auto ended = end();
        return watched ? ended : watched;
    }

  private:
    Status watch() {
        for (auto& member : members_) STRATA_OK(member.start());
        STRATA_OK(wait_for_urls());
        while (!stop_) {
            for (auto& member : members_) STRATA_OK(look(member));
            show();
            std::this_thread::sleep_for(kLookEvery);
        }
        return {};
    }

    Status look(Member& member) {
        STRATA_TRY(const auto news, member.look(std::chrono::steady_clock::now()));
        if (!news.empty()) report_.fact("process", news);
        return {};
    }

    /// Waits until all nodes answer, and tells where.
    Status wait_for_urls() {
        for (auto& member : members_) {
            while (!stop_ && member.url().empty()) {
                STRATA_OK(look(member));
                std::this_thread::sleep_for(kLookEvery);
            }
            if (stop_) return {};
            report_.fact(member.name(), member.url() + (member.is_node() ? "/rpc/v1" : "/info"));
        }
        const auto access = node::read_access_files(members_.front().folder());
        report_.stage(fmt::format("Running, a block every {} s; Ctrl-C stops all nodes", config_.block_delay));
        tell_first_steps(options_, config_.sector_size, access.url, report_);
        return node::write_access_files(config_.folder, access.url, access.token);
    }

    void show() {
        const auto now = std::chrono::steady_clock::now();
        if (now < shown_ + kShowEvery) return;
        shown_ = now;
        std::string text;
        for (auto& member : members_)
            text += fmt::format("{}{} {}", text.empty() ? "heads: " : ", ", member.name(),
                                member.is_node() ? head_of(member) : round_of(member));
        report_.status(text);
    }

    /// Returns the beacon's newest round.
    static std::string round_of(Member& member) {
        const auto url = member.url();
        if (url.empty() || !member.runs()) return "-";
        const auto answer = http::get(url + "/public/latest", {}, {.timeout = std::chrono::seconds(1)});
        const auto entry = answer ? drand::decode_round(as_text(answer->body)) : answer.error();
        return entry ? std::to_string(entry->round) : "?";
    }

    static std::string head_of(Member& member) {
        const auto url = member.url();
        if (url.empty() || !member.runs()) return "-";
        const std::string ask = R"({"jsonrpc":"2.0","id":1,"method":"Filecoin.ChainHead","params":[]})";
        const auto answer = http::send("POST", url + "/rpc/v1", "application/json", as_bytes(ask),
                                       {.timeout = std::chrono::seconds(1)});
        if (!answer) return "?";
        const auto json = nlohmann::json::parse(as_text(answer->body), nullptr, false);
        const auto height = json.is_object() ? json.value("/result/Height"_json_pointer, ChainEpoch{-1}) : -1;
        return height < 0 ? "?" : std::to_string(height);
    }

    /// Lets the nodes end by themselves; those that do not are killed with their Member.
    Status end() {
        report_.stage("The nodes stop");
        for (auto& member : members_) member.ask_to_stop();
        const auto latest = std::chrono::steady_clock::now() + kStopTime;
        const auto runs = [](Member& member) { return member.runs(); };
        while (std::ranges::any_of(members_, runs) && std::chrono::steady_clock::now() < latest)
            std::this_thread::sleep_for(kLookEvery);
        for (auto& member : members_)
            if (member.runs()) report_.fact("process", member.name() + " did not stop in time and was killed");
        report_.finish();
        return node::remove_access_files(config_.folder);
    }

    const UpOptions& options_;
    const DevnetConfig& config_;
    std::vector<Member> members_;
    terminal::Report& report_;
    const std::atomic<bool>& stop_;
    SteadyTime shown_{};
};

}  // namespace

Status run_processes(const ProcessesOptions& options, terminal::Report& report, const std::atomic<bool>& stop) {
    STRATA_TRY(const auto lock, FolderLock::take(options.up.folder));
    STRATA_TRY(auto config, up_config(options.up));
    STRATA_TRY(config, settled_config(config));
    STRATA_OK(check_apart(config.first_port, options.first_peer_port));
    STRATA_OK(check_ports(config.first_port, kApiPorts));
    STRATA_OK(check_ports(options.first_peer_port, kPeerPorts));
    STRATA_OK(prepare(config, report, stop));
    kLog.info("the network's processes start", {{"folder", config.folder.string()}});
    STRATA_TRY(auto members, members_of(options, config));
    return Supervisor(options.up, config, std::move(members), report, stop).run();
}

}  // namespace strata::devnet
