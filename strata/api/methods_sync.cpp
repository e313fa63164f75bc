// Answers methods about sync. Source: lotus api/api_full.go (SyncState, ActiveSync), node/impl/full/sync.go.
#include <fmt/chrono.h>

#include <nlohmann/json.hpp>

#include <strata/api/method_table.hpp>
#include <strata/chain/sync_status.hpp>

namespace strata::api {
namespace {

// Source: lotus api/api_full.go, SyncStateStage.
constexpr int kStageHeaders = 1;
constexpr int kStageMessages = 3;
constexpr int kStageComplete = 4;
constexpr std::string_view kZeroTime = "0001-01-01T00:00:00Z";  // Go's time.Time that was never set

/// Returns a UTC time in RFC 3339's form without fractions of a second, as Go prints a time.Time.
std::string time_text(std::uint64_t unix_seconds) {
    return fmt::format("{:%FT%TZ}", std::chrono::sys_seconds(std::chrono::seconds(unix_seconds)));
}

Json tipset_or_null(const Context& context, const chain::TipsetPtr& tipset) {
    return tipset ? context.print(tipset) : Json();
}

Json json_of(const Context& context, const chain::SyncStatus::Task& task) {
    return {{"WorkerID", task.id},
            {"Base", tipset_or_null(context, task.head)},
            {"Target", tipset_or_null(context, task.target_tipset)},
            {"Stage", task.stage == chain::SyncStatus::Stage::headers ? kStageHeaders : kStageMessages},
            {"Height", task.height},
            {"Start", time_text(task.began)},
            {"End", kZeroTime},
            {"Message", ""}};
}

Json json_of(const Context& context, const Feeds::Synced& change) {
    return {{"WorkerID", change.number},
            {"Base", tipset_or_null(context, change.before)},
            {"Target", tipset_or_null(context, change.head)},
            {"Stage", kStageComplete},
            {"Height", change.head->height()},
            {"Start", time_text(change.time)},
            {"End", time_text(change.time)},
            {"Message", ""}};
}

// Lotus also lists the tasks that ended last; here these are the last changes of head, so that a node that makes blocks
// without peers is seen to be in sync, too. An empty list is null, as in Go.
Result<Json> sync_state(Context& context) {
    const auto status = context.chain.sync_status();
    Json active;
    for (const auto& change : context.feeds.last_synced()) active.push_back(json_of(context, change));
    for (const auto& task : status.tasks) active.push_back(json_of(context, task));
    return Json{{"ActiveSyncs", std::move(active)}, {"VMApplied", status.messages_applied}};
}

Result<Json> check_bad(Context& context, const Cid& block) {
    return Json(context.chain.bad_reason(block).value_or(""));
}

Result<Json> checkpoint(Context& context, const TipsetKey& key) {
    STRATA_TRY(auto* const control, control_of(context));
    STRATA_TRY(const auto tipset, context.tipset(key));
    STRATA_OK(control->set_checkpoint(tipset));
    return Json();
}

Result<Json> mark_bad(Context& context, const Cid& block) {
    STRATA_TRY(auto* const control, control_of(context));
    control->mark_bad(block, "marked bad by the owner of this node");
    return Json();
}
Result<Json> unmark_bad(Context& context, const Cid& block) {
    STRATA_TRY(auto* const control, control_of(context));
    control->unmark_bad(block);
    return Json();
}
Result<Json> unmark_all_bad(Context& context) {
    STRATA_TRY(auto* const control, control_of(context));
    control->unmark_all_bad();
    return Json();
}

std::uint64_t unix_now() {
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    return static_cast<std::uint64_t>(now.time_since_epoch().count());
}

/// Takes a block that somebody made with MinerCreateBlock of Lotus or by other means. Its messages must be here.
Result<Json> submit_block(Context& context, const BlockMsg& block) {
    STRATA_TRY(auto* const control, control_of(context));
    chain::FullBlock full{block.header, {}};
    for (const auto& cid : block.bls_messages) {
        STRATA_TRY(full.messages.bls.emplace_back(), context.chain.find_message(cid));
    }
    for (const auto& cid : block.secp_messages) {
        STRATA_TRY(const Bytes data, read_block(context, cid));
        STRATA_TRY(full.messages.secp.emplace_back(), from_cbor<SignedMessage>(data));
    }
    STRATA_OK(control->submit_block(full, unix_now()));
    return Json();
}

Result<Json> validate_tipset(Context& context, const TipsetKey& key) {
    STRATA_TRY(auto* const control, control_of(context));
    STRATA_TRY(const auto tipset, context.tipset(key));
    STRATA_OK(control->validate(tipset, unix_now()));
    return Json(true);
}

}  // namespace

void add_sync_methods(MethodTable& table) {
    table.add("SyncState", sync_state);
    table.add("SyncCheckBad", check_bad);
    table.add("SyncCheckpoint", checkpoint);
    table.add("SyncMarkBad", mark_bad);
    table.add("SyncUnmarkBad", unmark_bad);
    table.add("SyncUnmarkAllBad", unmark_all_bad);
    table.add("SyncSubmitBlock", submit_block, Cost::expensive);
    table.add("SyncValidateTipset", validate_tipset, Cost::slow);
}

}  // namespace strata::api
