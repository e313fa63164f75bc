#include <strata/api/context.hpp>

namespace strata::api {

Result<chain::TipsetPtr> Context::tipset(const TipsetKey& key) {
    if (key.empty()) return node.head();
    auto found = node.chain().tipset(key);
    if (!found) return fail(Errc::not_found, "loading tipset " + key.to_string() + ": " + found.error().message());
    return found;
}

Result<Context::View> Context::view(const TipsetKey& key) {
    STRATA_TRY(auto found, tipset(key));
    STRATA_TRY(auto state, vm::StateTree::load(blocks(), found->parent_state_root()));
    return View{std::move(found), std::move(state)};
}

Error actor_not_found() {
    return fail(Errc::not_found, "actor not found");
}

Error not_resolved(const Context& context, const Address& address) {
    const std::string text = context.print.text(address);
    return fail(Errc::not_found,
                "resolution lookup failed (" + text + "): resolve address " + text + ": actor not found");
}

Result<ActorId> resolve(const Context& context, vm::StateTree& state, const Address& address) {
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

Result<std::string> code_name(vm::StateTree& state, const Cid& code) {
    STRATA_TRY(const auto manifest, vm::Manifest::of_state(state));
    return std::string(vm::actor_type_name(manifest.type_of(code)));
}

}  // namespace strata::api
