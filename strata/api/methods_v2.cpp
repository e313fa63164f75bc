// Answers the methods of /rpc/v2, which name a tipset by a selector. Source: lotus api/v2api/full.go,
// chain/types/tipset_selector.go, node/impl/full/{chain,state}_v2.go.
#include <nlohmann/json.hpp>

#include <strata/api/finality.hpp>
#include <strata/api/method_table.hpp>
#include <strata/chain/tipset.hpp>

namespace strata::api {
namespace {

/// A key or a word for a tipset. Source: lotus' TipSetAnchor.
struct Anchor {
    std::optional<TipsetKey> key;
    std::optional<std::string> tag;
};
struct Height {
    std::optional<ChainEpoch> at;
    bool previous = false;
    std::optional<Anchor> anchor;
};
struct Selector {
    Anchor named;
    std::optional<Height> height;
};

Status check_object(const Json& from) {
    if (from.is_object()) return {};
    return fail(Errc::malformed,
                std::string("got the JSON type ") + from.type_name() + ", expected an object with key, height or tag");
}
Status read(const Json& from, Anchor& to) {
    STRATA_OK(check_object(from));
    STRATA_OK(read_member(from, "key", to.key));
    return read_member(from, "tag", to.tag);
}
Status read(const Json& from, std::optional<Anchor>& to) {
    return from.is_null() ? Status() : read(from, to.emplace());
}
Status read(const Json& from, Height& to) {
    STRATA_OK(check_object(from));
    STRATA_OK(read_member(from, "at", to.at));
    STRATA_OK(read_member(from, "previous", to.previous));
    return read_member(from, "anchor", to.anchor);
}
Status read(const Json& from, std::optional<Height>& to) {
    return from.is_null() ? Status() : read(from, to.emplace());
}
Status read(const Json& from, Selector& to) {
    STRATA_OK(read(from, to.named));
    return read_member(from, "height", to.height);
}

Error invalid(const std::string& what) {
    return fail(Errc::invalid_argument, "validating selector: " + what);
}

Status check(const Selector& selector) {
    if (selector.height) {
        const std::string height = "validating tipset height: invalid tipset ";
        if (!selector.height->at) return invalid(height + "height: at epoch must be specified");
        if (*selector.height->at < 0) return invalid(height + "height: epoch cannot be less than zero");
        if (selector.height->anchor && selector.height->anchor->key && selector.height->anchor->tag)
            return invalid(
                "validating tipset height: invalid tipset anchor: at most one of key or tag must be "
                "specified");
    }
    const int criteria =
        int{selector.named.key.has_value()} + int{selector.named.tag.has_value()} + int{selector.height.has_value()};
    if (criteria == 1) return {};
    return invalid("exactly one tipset selection criteria must be specified, found: " + std::to_string(criteria));
}

Result<chain::TipsetPtr> by_tag(Context& context, const std::string& tag) {
    const auto head = context.chain.head();
    if (tag == "latest") return head;
    if (tag == "finalized") return finalized_below(context, head);
    if (tag == "safe") return safe_below(context, head);
    return fail(Errc::invalid_argument, "unknown tipset tag: " + tag);
}

Result<chain::TipsetPtr> by_anchor(Context& context, const std::optional<Anchor>& anchor) {
    if (!anchor) return by_tag(context, "finalized");
    if (anchor->key) return context.tipset(*anchor->key);
    return by_tag(context, anchor->tag.value_or("latest"));
}

Result<chain::TipsetPtr> find(Context& context, const Selector& selector) {
    STRATA_OK(check(selector));
    if (selector.named.key) return context.tipset(*selector.named.key);
    if (selector.named.tag) return by_tag(context, *selector.named.tag);
    auto anchor = by_anchor(context, selector.height->anchor);
    if (!anchor) return std::move(anchor).error().with_context("getting anchor from tipset");
    const ChainEpoch epoch = *selector.height->at;
    if (epoch > (*anchor)->height())
        return fail(Errc::out_of_range, "looking for tipset with height greater than start point: requested " +
                                            std::to_string(epoch) + "; start point " +
                                            std::to_string((*anchor)->height()));
    return context.chain.tipset_at(epoch, *anchor,
                                   selector.height->previous ? chain::NullRound::previous : chain::NullRound::next);
}

Result<Json> get_tipset(Context& context, const Selector& selector) {
    STRATA_TRY(const auto tipset, find(context, selector));
    return context.print(tipset);
}

Result<Json> finality_status(Context& context) {
    const auto head = context.chain.head();
    STRATA_TRY(const auto calculated, context.finality.at(context, head));
    STRATA_TRY(const auto finalized, finalized_below(context, head));
    return Json{{"ecFinalityThresholdDepth", calculated.depth.value_or(-1)},
                {"ecFinalizedTipSet", calculated.finalized ? context.print(calculated.finalized) : Json()},
                {"f3FinalizedTipSet", nullptr},
                {"finalizedTipSet", context.print(finalized)},
                {"head", context.print(head)}};
}

Result<Context::View> view_of(Context& context, const Selector& selector) {
    auto tipset = find(context, selector);
    if (!tipset) return std::move(tipset).error().with_context("getting tipset");
    return context.view((*tipset)->key());
}

Result<Json> get_actor(Context& context, const Address& address, const Selector& selector) {
    STRATA_TRY(auto view, view_of(context, selector));
    STRATA_TRY(const auto actor, load_actor(context, view.state, address));
    return context.print(actor);
}

Answered<Json> get_id(Context& context, const Address& address, const Selector& selector) {
    STRATA_TRY(auto view, view_of(context, selector));
    STRATA_OK(check_defined(address));
    STRATA_TRY(const auto id, view.state.resolve(address));
    if (!id) return Fault(Code::actor_not_found, "looking up ID: " + actor_not_found().message());
    return context.print.id(*id);
}

}  // namespace

void add_v2_methods(MethodTable& table, const MethodTable& v1) {
    // Source: lotus api/v2api/full.go; node/rpc.go gives it the aliases of Ethereum, too.
    table.take(v1, [](std::string_view name) {
        constexpr std::string_view kPrefix = "Filecoin.";
        if (!name.starts_with(kPrefix)) return true;  // an alias
        name.remove_prefix(kPrefix.size());
        return name.starts_with("Eth") || name == "FilecoinAddressToEthAddress" || name == "Web3ClientVersion" ||
               name == "NetVersion" || name == "NetListening" || name == "Discover";
    });
    table.add("ChainGetTipSet", get_tipset, Cost::expensive);
    table.add("ChainGetTipSetFinalityStatus", finality_status, Cost::expensive);
    table.add("StateGetActor", get_actor, Cost::expensive);
    table.add("StateGetID", get_id, Cost::expensive);
}

}  // namespace strata::api
