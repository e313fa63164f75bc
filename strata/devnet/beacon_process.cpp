#include <strata/devnet/beacon_process.hpp>

#include <thread>

#include <strata/base/files.hpp>
#include <strata/base/folder_lock.hpp>
#include <strata/base/hex.hpp>
#include <strata/base/log.hpp>
#include <strata/devnet/node_process.hpp>
#include <strata/drand/drand_server.hpp>
#include <strata/http/server.hpp>

namespace strata::devnet {
namespace {

namespace fs = std::filesystem;

const Log kLog("devnet");

constexpr auto kLookEvery = std::chrono::milliseconds(50);
constexpr std::uint64_t kMaxBody = 1 << 10;  // nobody needs to send anything

}  // namespace

Status run_beacon_process(const BeaconProcessOptions& options, terminal::Report& report,
                          const std::atomic<bool>& stop) {
    STRATA_TRY(auto own, own_beacon(options.network));
    // Beside a description alone there is no folder to lock: any number may serve it.
    std::error_code error;
    const auto folder = fs::is_directory(options.network, error) ? options.network / kBeaconFolder : fs::path();
    std::optional<FolderLock> lock;
    if (!folder.empty()) {
        STRATA_TRY(lock, FolderLock::take(folder));
    }
    const auto unix_time = [time = network_time(own.time_lag)] {
        return std::chrono::duration_cast<std::chrono::seconds>(time());
    };
    const drand::DrandServer rounds(own.beacon, own.seed, own.info.chain.genesis_time, own.info.chain.period,
                                    unix_time);
    STRATA_TRY(const auto server, http::Server::start(options.address, options.port, rounds,
                                                      {.body_bytes = kMaxBody, .bodies_bytes = kMaxBody}));
    if (!folder.empty()) STRATA_OK(write_file(folder / kBeaconUrlFile, as_bytes(server->url() + "\n")));
    const auto hash = to_hex(drand::chain_hash(own.info));
    report.fact("drand chain", hash);
    report.fact("beacon", server->url());
    kLog.info("the beacon runs", {{"url", server->url()}, {"chain", hash}});
    while (!stop) std::this_thread::sleep_for(kLookEvery);
    return folder.empty() ? Status{} : remove_path(folder / kBeaconUrlFile);
}

}  // namespace strata::devnet
