// Answers methods about actors and addresses. Source: lotus node/impl/full/{state,wallet}.go, chain/stmgr, chain/vm.
#include <nlohmann/json.hpp>

#include <strata/actors/read/account.hpp>
#include <strata/actors/read/system.hpp>
#include <strata/api/actor_state.hpp>
#include <strata/api/method_table.hpp>
#include <strata/vm/machine.hpp>

namespace strata::api {
namespace {

Result<Json> get_actor(Context& context, const Address& address, const TipsetKey& key) {
    STRATA_TRY(auto view, context.view(key));
    STRATA_TRY(const auto actor, load_actor(context, view.state, address));
    return context.print(actor);
}

Result<Json> read_state(Context& context, const Address& address, const TipsetKey& key) {
    STRATA_TRY(auto view, context.view(key));
    STRATA_TRY(const auto actor, load_actor(context, view.state, address));
    STRATA_TRY(const auto manifest, vm::Manifest::of_state(view.state));
    STRATA_TRY(auto state, actor_state(context.print, context.blocks(), manifest.type_of(actor.code), actor.head));
    return Json{
        {"Balance", context.print(actor.balance)}, {"Code", context.print(actor.code)}, {"State", std::move(state)}};
}

Answered<Json> lookup_id(Context& context, const Address& address, const TipsetKey& key) {
    STRATA_TRY(auto view, context.view(key));
    STRATA_OK(check_defined(address));
    STRATA_TRY(const auto id, view.state.resolve(address));
    // Only this method returns Lotus' code for a missing actor (node/impl/full/state.go).
    if (!id) return Fault(Code::actor_not_found, actor_not_found().message());
    return context.print.id(*id);
}

/// Returns the key address of an ID's actor: its delegated address if it has one, otherwise its account's key.
Result<Address> key_behind(Context& context, vm::StateTree& state, const Address& address) {
    STRATA_TRY(const auto actor, state.get(address.as_id().value_or(0)));
    if (!actor) return fail(Errc::not_found, "failed to find actor: " + context.print.text(address));
    if (actor->delegated_address) return *actor->delegated_address;
    STRATA_TRY(const auto name, code_name(state, actor->code));
    if (name != "account")
        return fail(Errc::verification,
                    "failed to get account actor state for " + context.print.text(address) +
                        ": actor code is not account: " + (name.empty() ? actor->code.to_string() : name));
    return actors::read::account_key(state.store(), *actor);
}

Result<Json> account_key(Context& context, const Address& address, const TipsetKey& key) {
    STRATA_TRY(auto view, context.view(key));
    STRATA_OK(check_defined(address));
    if (address.protocol() == Address::Protocol::actor)
        return fail(Errc::invalid_argument, "cannot resolve actor address to key address");
    if (!address.as_id()) return context.print(address);
    STRATA_TRY(const Address found, key_behind(context, view.state, address));
    return context.print(found);
}

/// Returns the first address in the init actor's map that leads to the ID.
Result<Json> lookup_robust(Context& context, const Address& address, const TipsetKey& key) {
    STRATA_TRY(auto view, context.view(key));
    STRATA_OK(check_defined(address));
    const auto id = address.as_id();
    if (!id) return fail(Errc::invalid_argument, "failed to decode provided address as id addr");
    STRATA_TRY(const auto found,
               actors::read::find_address(view.state, *id, [&] { return context.check_may_continue(); }));
    if (!found) return fail(Errc::not_found, "Address " + context.print.text(address) + " not found");
    return context.print(*found);
}

Result<Text> list_actors(Context& context, const TipsetKey& key) {
    STRATA_TRY(auto view, context.view(key));
    auto out = context.list();
    STRATA_OK(view.state.for_each([&](ActorId id, const vm::ActorState&) -> Status {
        STRATA_OK(context.check_may_continue());
        return out.add(context.print.id(id));
    }));
    return std::move(out).finish();
}

/// Returns the balance at the head; 0 if there is no such actor.
Result<Json> balance(Context& context, const Address& address) {
    STRATA_OK(check_defined(address));
    STRATA_TRY(auto view, context.view({}));
    STRATA_TRY(const auto id, view.state.resolve(address));
    if (!id) return Json("0");
    STRATA_TRY(const auto actor, view.state.get(*id));
    return context.print(actor ? actor->balance : TokenAmount(0));
}

/// Returns the actors that the second state has and the first one has not, or has differently.
Result<Text> changed_actors(Context& context, const Cid& from, const Cid& to) {
    STRATA_TRY(auto before, vm::StateTree::load(context.blocks(), from));
    STRATA_TRY(auto after, vm::StateTree::load(context.blocks(), to));
    auto out = context.object();
    STRATA_OK(after.for_each([&](ActorId id, const vm::ActorState& actor) -> Status {
        STRATA_OK(context.check_may_continue());
        STRATA_TRY(const auto known, before.get(id));
        if (known == actor) return {};
        return out.add(context.print.text(Address::id(id)), context.print(actor));
    }));
    return std::move(out).finish();
}

/// Lotus has only an error for this method (node/impl/full/state.go).
Result<Json> all_miner_faults(Context&, const ChainEpoch&, const TipsetKey&) {
    return fail(Errc::unsupported, "fixme");
}

}  // namespace

void add_state_methods(MethodTable& table) {
    table.add("StateGetActor", get_actor);
    table.add("StateReadState", read_state);
    table.add("StateLookupID", lookup_id);
    table.add("StateAccountKey", account_key);
    table.add("StateLookupRobustAddress", lookup_robust, Cost::expensive);
    table.add("StateListActors", list_actors, Cost::slow);
    table.add("StateChangedActors", changed_actors, Cost::slow);
    table.add("StateAllMinerFaults", all_miner_faults);
    table.mark_refused("StateAllMinerFaults", "Lotus refuses it, too");
    table.add("WalletBalance", balance);
}

}  // namespace strata::api
