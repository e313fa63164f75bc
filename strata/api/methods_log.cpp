// Answers methods about the program: its log, its state, its end. Source: lotus node/impl/{common/common,full,node}.go.
#include <fmt/chrono.h>

#include <nlohmann/json.hpp>

#include <strata/api/method_table.hpp>
#include <strata/api/network.hpp>
#include <strata/base/log.hpp>
#include <strata/chain/network.hpp>

namespace strata::api {
namespace {

Result<Json> start_time(Context& context) {
    return Json(fmt::format("{:%FT%TZ}", std::chrono::floor<std::chrono::milliseconds>(context.started)));
}

Result<Json> log_list(Context&) {
    return Json(log_categories());
}
Result<Json> set_log_level(Context&, const std::string& category, const std::string& level) {
    STRATA_OK(strata::set_log_level(category, level));
    return Json();
}
/// Lotus' alerts are conditions that its parts raise; this node reports its state at /health/readyz instead.
Result<Json> alerts(Context&) {
    return Json::array();
}

Result<Json> shutdown(Context& context) {
    if (!context.options.shutdown) return fail(Errc::unsupported, "this program cannot be ended over its API");
    context.options.shutdown();
    return Json();
}

/// Returns the mean number of blocks in a tipset over the last epochs.
Result<double> blocks_per_tipset(Context& context, ChainEpoch epochs) {
    auto at = context.chain.head();
    const ChainEpoch lowest = std::max<ChainEpoch>(0, at->height() - epochs);
    std::size_t blocks = 0;
    const ChainEpoch counted = at->height() - lowest;
    while (at->height() > lowest) {
        STRATA_OK(context.check_may_continue());
        blocks += at->blocks().size();
        STRATA_TRY(at, context.chain.parent(*at));
    }
    return counted == 0 ? 0.0 : static_cast<double>(blocks) / static_cast<double>(counted);
}

Result<Json> status(Context& context, const bool& with_chain) {
    const auto head = context.chain.head();
    const auto& network = context.chain.network();
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    const auto expected = (now.time_since_epoch().count() - static_cast<std::int64_t>(network.genesis_timestamp)) /
                          static_cast<std::int64_t>(network.block_delay);
    const auto peers = context.options.network == nullptr ? 0 : context.options.network->peers().size();
    double last_100 = 0, last_finality = 0;
    if (with_chain) {
        STRATA_TRY(last_100, blocks_per_tipset(context, 100));
        STRATA_TRY(last_finality, blocks_per_tipset(context, kChainFinality));
    }
    return Json{
        {"SyncStatus", {{"Epoch", head->height()}, {"Behind", std::max<std::int64_t>(0, expected - head->height())}}},
        {"PeerStatus", {{"PeersToPublishMsgs", peers}, {"PeersToPublishBlocks", peers}}},
        {"ChainStatus", {{"BlocksPerTipsetLast100", last_100}, {"BlocksPerTipsetLastFinality", last_finality}}}};
}

}  // namespace

void add_log_methods(MethodTable& table) {
    table.add("StartTime", start_time);
    table.add("LogList", log_list);
    table.add("LogSetLevel", set_log_level);
    table.add("LogAlerts", alerts);
    table.add("Shutdown", shutdown);
    table.add("NodeStatus", status, Cost::expensive);
}

}  // namespace strata::api
