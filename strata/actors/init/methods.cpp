// The init actor creates all other actors and assigns their IDs. Source: docs/protocol/fvm.md §8.3.
#include <strata/actors/init/types.hpp>
#include <strata/actors/methods.hpp>
#include <strata/ipld/hamt.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::actors::init {
namespace {

using State = vm::InitState;
using AddressMap = HamtMap<Address, ActorId>;

struct ConstructorParams {
    std::string network_name;
    STRATA_CBOR_TUPLE(network_name);
};

Done constructor(Runtime& rt, const ConstructorParams& params) {
    STRATA_OK(rt.require_caller({kSystemId}));
    STRATA_TRY(const Cid map, rt.check(AddressMap::empty_root(rt.store()), ExitCode::illegal_state, "address map"));
    return rt.set_state(State{map, kFirstNonSingletonId, params.network_name});
}

struct Assigned {
    ActorId id;
    bool existing;  // the delegated address already had an ID
};

// Assigns an ID to the new actor's addresses. If the delegated address already has an ID, that ID is used. The robust
// address comes from the message, so it stays the same if a reorganization of the chain gives the actor a different ID.
ActorResult<Assigned> assign_id(Runtime& rt, const Address& robust, const std::optional<Address>& delegated) {
    STRATA_TRY(auto state, rt.state<State>());
    STRATA_TRY(auto map,
               rt.check(AddressMap::load(rt.store(), state.address_map), ExitCode::illegal_state, "address map"));
    Assigned out{.id = state.next_id, .existing = false};
    if (delegated) {
        STRATA_TRY(const auto known, rt.check(map.get(*delegated), ExitCode::illegal_state, "address map"));
        if (known) out = {.id = *known, .existing = true};
    }
    if (!out.existing) {
        ++state.next_id;
        if (delegated) STRATA_OK(rt.check(map.set(*delegated, out.id), ExitCode::illegal_state, "address map"));
    }
    STRATA_TRY(const bool is_new, rt.check(map.set_if_absent(robust, out.id), ExitCode::illegal_state, "address map"));
    if (!is_new) return forbidden("the robust address " + robust.to_string() + " already has an actor");
    STRATA_TRY(state.address_map, rt.check(map.flush(), ExitCode::illegal_state, "address map"));
    STRATA_OK(rt.set_state(state));
    return out;
}

// Returns true if the caller may create an actor with this code: everybody may create multisigs and payment channels,
// and only the power actor may create miners.
ActorResult<bool> may_create(Runtime& rt, const Cid& code) {
    STRATA_TRY(const auto type,
               rt.unwrap(rt.kernel().get_builtin_actor_type(code), ExitCode::illegal_argument, "type"));
    if (type == ActorType::multisig || type == ActorType::payment_channel) return true;
    STRATA_TRY(const auto caller, rt.type_of(rt.caller()));
    return type == ActorType::miner && caller == ActorType::power;
}

ActorResult<ExecReturn> construct(Runtime& rt, ActorId id, const Address& robust, const Bytes& params) {
    // If the bytes are empty, the constructor gets no parameter block.
    const auto block = params.empty() ? std::nullopt : std::optional<Bytes>(params);
    STRATA_OK(rt.call(Address::id(id), kMethodConstructor, block, rt.value_received()));
    return ExecReturn{Address::id(id), robust};
}

ActorResult<ExecReturn> exec(Runtime& rt, const ExecParams& params) {
    STRATA_OK(rt.accept_any());
    STRATA_TRY(const auto caller_code, rt.code_of(rt.caller()));
    if (!caller_code) return illegal_state("the caller f0" + std::to_string(rt.caller()) + " does not exist");
    STRATA_TRY(const bool allowed, may_create(rt, params.code));
    if (!allowed)
        return forbidden("the caller f0" + std::to_string(rt.caller()) + " may not create an actor with the code " +
                         params.code.to_string());
    STRATA_TRY(const Address robust, rt.next_actor_address());
    STRATA_TRY(const auto assigned, assign_id(rt, robust, std::nullopt));
    STRATA_OK(rt.create_actor(assigned.id, params.code, std::nullopt));
    return construct(rt, assigned.id, robust, params.constructor_params);
}

ActorResult<ExecReturn> exec4(Runtime& rt, const Exec4Params& params) {
    STRATA_OK(rt.require_caller({kEamId}));
    constexpr std::size_t max_subaddress = 54;
    if (params.subaddress.size() > max_subaddress)
        return illegal_argument("the subaddress has " + std::to_string(params.subaddress.size()) +
                                " bytes, expected at most " + std::to_string(max_subaddress));
    const Address delegated = Address::delegated(rt.caller(), params.subaddress);
    STRATA_TRY(const Address robust, rt.next_actor_address());
    // A send may already have made a placeholder at this address. The new actor takes over the placeholder's
    // ID and balance.
    STRATA_TRY(const auto assigned, assign_id(rt, robust, delegated));
    if (assigned.existing) {
        STRATA_TRY(const auto type, rt.type_of(assigned.id));
        if (!type)
            return forbidden("the actor at " + delegated.to_string() + " was deleted and cannot be created again");
        if (*type != ActorType::placeholder)
            return forbidden(delegated.to_string() + " already has an actor that is not a placeholder");
    }
    STRATA_OK(rt.create_actor(assigned.id, params.code, delegated));
    return construct(rt, assigned.id, robust, params.constructor_params);
}

constexpr Method kMethods[] = {method<&constructor>(1), method<&exec>(2), method<&exec4>(3)};

}  // namespace

std::span<const Method> methods() {
    return kMethods;
}

}  // namespace strata::actors::init
