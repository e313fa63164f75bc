#include <strata/api/context.hpp>

#include <strata/chain/kept_state.hpp>
#include <strata/vm/machine.hpp>

namespace strata::api {

Result<chain::TipsetPtr> Context::tipset(const TipsetKey& key) {
    if (key.empty()) return chain.head();
    auto found = chain.tipset(key);
    if (found) return found;
    // Only a header that is not there means that the tipset is not known; a failed read stays what it is.
    const Errc code = found.error().code() == Errc::missing_block ? Errc::not_found : found.error().code();
    return fail(code, "loading tipset " + key.to_string() + ": " + found.error().message());
}

Result<Context::View> Context::view(const TipsetKey& key) {
    STRATA_TRY(auto found, tipset(key));
    STRATA_TRY(auto state,
               chain::explain_not_kept(vm::StateTree::load(blocks(), found->parent_state_root()), blocks(), *found));
    return View{std::move(found), std::move(state)};
}

Status Context::check_may_continue() const {
    if (gone.stop_requested()) return fail(Errc::cancelled, "the client has closed its connection");
    if (std::chrono::steady_clock::now() < deadline) return {};
    return fail(Errc::too_large,
                "this call takes longer than " + std::to_string(limits.work.count()) + " seconds: ask for less");
}

Error actor_not_found() {
    return fail(Errc::not_found, "actor not found");
}

Error not_resolved(const Context& context, const Address& address) {
    const std::string text = context.print.text(address);
    return fail(Errc::not_found,
                "resolution lookup failed (" + text + "): resolve address " + text + ": actor not found");
}

Status check_defined(const Address& address) {
    if (address.defined()) return {};
    return fail(Errc::invalid_argument, "the address is undefined, expected a defined one");
}

Result<ActorId> resolve(const Context& context, vm::StateTree& state, const Address& address) {
    STRATA_OK(check_defined(address));
    STRATA_TRY(const auto id, state.resolve(address));
    if (!id) return not_resolved(context, address);
    return *id;
}

Result<vm::ActorState> load_actor(const Context& context, vm::StateTree& state, const Address& address) {
    STRATA_TRY(const ActorId id, resolve(context, state, address));
    STRATA_TRY(auto actor, state.get(id));
    if (!actor) return actor_not_found();
    return std::move(*actor);
}

Result<ActorAt> actor_at(Context& context, const Address& address, const TipsetKey& key, const std::string& kind,
                         std::string_view code) {
    STRATA_TRY(auto view, context.view(key));
    auto actor = load_actor(context, view.state, address);
    if (!actor) return std::move(actor).error().with_context("failed to load " + kind + " actor");
    STRATA_TRY(const auto name, code_name(view.state, actor->code));
    if (name != code)
        return fail(Errc::verification, "failed to load " + kind + " actor state: actor code is not " +
                                            std::string(code) + ": " + (name.empty() ? actor->code.to_string() : name));
    STRATA_TRY(const ActorId id, resolve(context, view.state, address));
    return ActorAt{std::move(view), id, std::move(*actor)};
}

Result<std::string> code_name(vm::StateTree& state, const Cid& code) {
    STRATA_TRY(const auto manifest, vm::Manifest::of_state(state));
    return std::string(vm::actor_type_name(manifest.type_of(code)));
}

Result<chain::Control*> control_of(const Context& context) {
    if (context.options.control != nullptr) return context.options.control;
    return fail(Errc::unsupported, "this API serves a chain that it cannot change");
}

Result<Bytes> read_block(Context& context, const Cid& cid) {
    if (cid.defined() && cid.hash() == HashCode::identity) return to_bytes(cid.digest());
    STRATA_TRY(const bool here, context.blocks().has(cid));
    if (!here) return fail(Errc::not_found, "blockstore get: ipld: could not find " + cid.to_string());
    return context.blocks().get(cid);
}

}  // namespace strata::api
