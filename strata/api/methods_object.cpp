// Answers methods about blocks of the store as they are, and about the chain's events and final part. Source: lotus
// node/impl/full/chain.go, chain/events.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include <strata/actors/bundle.hpp>
#include <strata/api/finality.hpp>
#include <strata/api/method_table.hpp>
#include <strata/ipld/amt.hpp>
#include <strata/ipld/dag.hpp>
#include <strata/ipld/link_scan.hpp>
#include <strata/vm/kernel.hpp>

namespace strata::api {
namespace {

constexpr unsigned kEventsBitWidth = 5;  // docs/protocol/fvm.md: the AMT of a receipt's events

/// Blocks of a chain need not be strict: every genesis names as its parent a map whose keys are in no canonical order.
Result<std::vector<Cid>> links_in(const Cid& cid, BytesView data) {
    if (cid.codec() != Codec::dag_cbor) return links_of(cid.codec(), data);
    std::vector<Cid> out;
    STRATA_OK(scan_links(data, out));
    return out;
}

/// Returns true for code of the official actors, the placeholder's included, which all bundles share.
bool is_code(const Cid& cid) {
    return actors::bundle_with(cid) != nullptr || cid == actors::devnet_bundle().codes.at(vm::ActorType::placeholder);
}

/// Adds up number and size of `root` and the blocks below it. Blocks in `seen` are left out.
Status add_up(Context& context, const Cid& root, CidSet& seen, std::uint64_t& size, std::uint64_t& blocks) {
    std::vector<Cid> waiting{root};
    while (!waiting.empty()) {
        STRATA_OK(context.check_may_continue());
        const Cid cid = waiting.back();
        waiting.pop_back();
        if (is_sector_commitment(cid) || !seen.insert(cid)) continue;
        // Native actors do not need the code that a state names.
        STRATA_TRY(const bool here, context.blocks().has(cid));
        if (!here && is_code(cid)) continue;
        STRATA_TRY(const Bytes data, read_block(context, cid));
        STRATA_TRY(const auto below, links_in(cid, data));
        size += data.size();
        ++blocks;
        waiting.insert(waiting.end(), below.begin(), below.end());
    }
    return {};
}

/// Returns size and number of the blocks that `object` has and `base` has not, if there is a base. The number is called
/// Links, as by Lotus (node/impl/full/chain.go, ChainStatObj).
Result<Json> stat_object(Context& context, const Cid& object, const std::optional<Cid>& base) {
    CidSet seen;
    std::uint64_t size = 0, blocks = 0;
    if (base && base->defined()) {
        STRATA_OK(add_up(context, *base, seen, size, blocks));
        size = blocks = 0;
    }
    STRATA_OK(add_up(context, object, seen, size, blocks));
    return Json{{"Size", size}, {"Links", blocks}};
}

Result<Json> delete_object(Context&, const Cid&) {
    return fail(Errc::unsupported, "this node removes no single block");
}

/// The parameter of ChainPutObj is an interface of Go, which has no JSON form: Lotus refuses every call over JSON-RPC.
struct AnyBlock {};
Status read(const Json& from, AnyBlock&) {
    return fail(Errc::malformed, std::string("cannot unmarshal the JSON type ") + from.type_name() + " into a block");
}
Result<Json> put_object(Context&, const AnyBlock&) {
    return fail(Errc::unsupported, "a block cannot be sent over JSON-RPC");
}

struct GcOptions {};
Status read(const Json&, GcOptions&) {
    return {};
}
// As a Lotus without a splitstore answers (node/impl/full/chain.go).
Result<Json> hot_gc(Context&, const GcOptions&) {
    return fail(Errc::unsupported, "base blockstore does not support hot GC");
}
Result<Json> prune(Context&, const GcOptions&) {
    return fail(Errc::unsupported, "base blockstore does not support pruning");
}
Result<Json> check_store(Context&) {
    return fail(Errc::unsupported, "underlying blockstore does not support health checks");
}

Result<Json> set_head(Context& context, const TipsetKey& key) {
    STRATA_TRY(auto* const control, control_of(context));
    if (key.empty()) return fail(Errc::invalid_argument, "the new head has no blocks, expected the key of a tipset");
    STRATA_TRY(const auto tipset, context.tipset(key));
    STRATA_OK(control->set_head(tipset));
    return Json();
}

Result<Text> events(Context& context, const Cid& root) {
    auto out = context.list();
    STRATA_TRY(const auto events, Amt::load(context.blocks(), root, kEventsBitWidth));
    STRATA_OK(events.for_each([&](std::uint64_t, BytesView value) -> Result<bool> {
        STRATA_OK(context.check_may_continue());
        STRATA_TRY(const auto event, from_cbor<vm::StampedEvent>(value));
        Json entries = Json::array();
        for (const auto& entry : event.entries)
            entries.push_back({{"Flags", entry.flags},
                               {"Key", entry.key},
                               {"Codec", static_cast<std::uint64_t>(entry.codec)},
                               {"Value", context.print.bytes_or_null(entry.value)}});
        STRATA_OK(out.add({{"Emitter", event.emitter}, {"Entries", std::move(entries)}}));
        return true;
    }));
    return std::move(out).finish();
}

// Without F3, Lotus has the fixed rule here, not FRC-0089's (node/impl/full/chain.go, ChainGetFinalizedTipSet).
Result<Json> finalized(Context& context) {
    STRATA_TRY(const auto tipset, fixed_finality_below(context, context.chain.head()));
    return context.print(tipset);
}

Result<Json> store_info(Context&) {
    return Json::object();
}

}  // namespace

void add_object_methods(MethodTable& table) {
    table.add("ChainStatObj", stat_object, Cost::slow);
    table.add("ChainDeleteObj", delete_object);
    table.add("ChainPutObj", put_object);
    table.add("ChainHotGC", hot_gc);
    table.add("ChainPrune", prune);
    table.add("ChainCheckBlockstore", check_store);
    table.mark_refused("ChainDeleteObj", "this node removes no single block");
    table.mark_refused("ChainPutObj", "its parameter has no form in JSON, as in Lotus");
    table.mark_refused("ChainHotGC", "there is no splitstore; the node removes old states by itself");
    table.mark_refused("ChainPrune", "there is no splitstore; the node removes old states by itself");
    table.mark_refused("ChainCheckBlockstore", "it checks a splitstore, which this node does not have");
    table.add("ChainSetHead", set_head, Cost::expensive);
    table.add("ChainGetEvents", events, Cost::expensive);
    table.add("ChainGetFinalizedTipSet", finalized, Cost::expensive);
    table.add("ChainBlockstoreInfo", store_info);
}

}  // namespace strata::api
