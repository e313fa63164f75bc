#include <strata/api/ethereum_overrides.hpp>

#include <nlohmann/json.hpp>

#include <strata/actors/eam/eth_address.hpp>
#include <strata/actors/evm/state.hpp>
#include <strata/chain/base_fee.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/ipld/kamt.hpp>

namespace strata::api {
namespace {

using Slots = std::map<Hash256, Hash256>;
using actors::evm::State;

Status read_slots(const Json& from, const char* name, std::optional<Slots>& to) {
    const Json* found = find_member(from, name);
    if (found == nullptr || found->is_null()) return {};
    if (!found->is_object())
        return fail(Errc::malformed, std::string(name) + " has the JSON type " + found->type_name() +
                                         ", expected an object from slots to words");
    auto& slots = to.emplace();
    for (const auto& [key, value] : found->items()) {
        STRATA_TRY(const Hash256 slot, parse_ethereum_hash(key));
        HexHash word;
        if (auto done = read(value, word); !done) return std::move(done).error().with_context(name);
        slots[slot] = word.value;
    }
    return {};
}

Status read_account(const Json& from, AccountOverride& to) {
    if (!from.is_object())
        return fail(Errc::malformed, std::string("got the JSON type ") + from.type_name() + ", expected an object");
    std::optional<Quantity> nonce;
    std::optional<HexBytes> code;
    std::optional<BigQuantity> balance;
    STRATA_OK(read_member(from, "nonce", nonce));
    STRATA_OK(read_member(from, "code", code));
    STRATA_OK(read_member(from, "balance", balance));
    STRATA_OK(read_slots(from, "state", to.state));
    STRATA_OK(read_slots(from, "stateDiff", to.state_diff));
    if (to.state && to.state_diff)
        return fail(Errc::malformed, "there are both 'state' and 'stateDiff', expected one of them");
    const Json* moved = find_member(from, "movePrecompileToAddress");
    if (moved != nullptr && !moved->is_null())
        return fail(Errc::malformed,
                    "there is 'movePrecompileToAddress', and precompiles cannot be moved in Filecoin's EVM");
    if (nonce) to.nonce = nonce->value;
    if (code) to.code = std::move(code->value);
    if (balance) to.balance = std::move(balance->value);
    return {};
}

// Refuses a member unless it has the value that contracts see anyway.
Status must_be(const Json& from, const char* name, const BigInt& constant) {
    std::optional<BigQuantity> given;
    STRATA_OK(read_member(from, name, given));
    if (!given || given->value == constant) return {};
    return fail(Errc::malformed, std::string(name) + " is " + given->value.to_string() +
                                     ", and in Filecoin's EVM it is always " + constant.to_string());
}

Status must_be_absent(const Json& from, const char* name, const char* why) {
    const Json* found = find_member(from, name);
    if (found == nullptr || found->is_null()) return {};
    return fail(Errc::malformed, std::string("there is ") + name + ", and " + why);
}

struct Found {
    ActorId id = 0;
    vm::ActorState actor;
};

// Returns the actor of an address; makes a placeholder if there is none.
Result<Found> find_or_make(chain::Sandbox& box, vm::Executor& executor, const EthereumAddress& address) {
    auto& tree = executor.tree();
    STRATA_TRY(const Address as_filecoin, chain::filecoin_address(address));
    STRATA_TRY(auto id, tree.resolve(as_filecoin));
    std::optional<vm::ActorState> actor;
    if (id) {
        STRATA_TRY(actor, tree.get(*id));
    }
    if (!actor) {
        if (as_filecoin.as_id())
            return fail(Errc::invalid_argument,
                        "an override is for " + hex_text(address) + ", a masked ID that no actor has");
        Message sender;
        sender.from = as_filecoin;
        STRATA_OK(prepare_sender(box, executor, sender));
        STRATA_TRY(id, tree.resolve(as_filecoin));
        STRATA_TRY(actor, tree.get(*id));
    }
    return Found{*id, std::move(*actor)};
}

Status set_slots(Kamt& storage, const Slots& slots) {
    for (const auto& [key, value] : slots) {
        if (value == Hash256{})
            STRATA_OK(storage.remove(key));
        else
            STRATA_OK(storage.set(key, value));
    }
    return {};
}

Status set_code(Blockstore& store, State& state, const Bytes& code) {
    STRATA_TRY(state.bytecode, store.put(Codec::raw, code));
    state.bytecode_hash = to_bytes(crypto::keccak_256(code));
    state.tombstone.reset();
    return {};
}

Result<State> state_of(vm::Executor& executor, const Found& found, bool is_contract) {
    auto& store = executor.tree().store();
    if (is_contract) return get_cbor<State>(store, found.actor.head);
    State fresh;
    fresh.nonce = 1;
    STRATA_OK(set_code(store, fresh, {}));
    STRATA_TRY(fresh.contract_state, Kamt(store).flush());
    return fresh;
}

// Changes the contract's part: code, storage, and the nonce that the EVM keeps.
Status change_contract(chain::Sandbox& box, vm::Executor& executor, Found& found, const AccountOverride& change) {
    const auto evm = box.manifest().codes.find(vm::ActorType::evm);
    if (evm == box.manifest().codes.end())
        return fail(Errc::unsupported, "the network version of this epoch has no contracts");
    const bool is_contract = found.actor.code == evm->second;
    if (!is_contract && !change.code) return {};
    auto& store = executor.tree().store();
    STRATA_TRY(State state, state_of(executor, found, is_contract));
    if (change.code) STRATA_OK(set_code(store, state, *change.code));
    if (change.nonce) state.nonce = *change.nonce;
    if (change.state || change.state_diff) {
        STRATA_TRY(auto storage, change.state ? Result<Kamt>(Kamt(store)) : Kamt::load(store, state.contract_state));
        STRATA_OK(set_slots(storage, change.state ? *change.state : *change.state_diff));
        STRATA_TRY(state.contract_state, storage.flush());
    }
    found.actor.code = evm->second;
    STRATA_TRY(found.actor.head, put_cbor(store, state));
    return {};
}

}  // namespace

Status read(const Json& from, StateOverrides& to) {
    if (!from.is_object())
        return fail(Errc::malformed, std::string("the state overrides have the JSON type ") + from.type_name() +
                                         ", expected an object from addresses to changes");
    for (const auto& [key, value] : from.items()) {
        STRATA_TRY(const auto address, parse_ethereum_address(key));
        if (auto done = read_account(value, to.accounts[address]); !done)
            return std::move(done).error().with_context("the override of " + key);
    }
    return {};
}

Status read(const Json& from, BlockOverrides& to) {
    if (!from.is_object())
        return fail(Errc::malformed,
                    std::string("the block overrides have the JSON type ") + from.type_name() + ", expected an object");
    std::optional<Quantity> number, time;
    std::optional<BigQuantity> base_fee;
    STRATA_OK(read_member(from, "number", number));
    STRATA_OK(read_member(from, "time", time));
    STRATA_OK(read_member(from, "baseFeePerGas", base_fee));
    STRATA_OK(read_member(from, "baseFee", base_fee));
    if (number) to.number = number->value;
    if (time) to.time = time->value;
    if (base_fee) to.base_fee = base_fee->value;
    STRATA_OK(must_be(from, "gasLimit", BigInt(chain::kBlockGasLimit)));
    STRATA_OK(must_be(from, "feeRecipient", 0));
    STRATA_OK(must_be(from, "coinbase", 0));
    STRATA_OK(must_be(from, "difficulty", 0));
    STRATA_OK(must_be_absent(from, "prevRandao", "the randomness of a block comes from the beacon"));
    STRATA_OK(must_be_absent(from, "random", "the randomness of a block comes from the beacon"));
    STRATA_OK(must_be_absent(from, "blobBaseFee", "Filecoin has no blobs"));
    const Json* withdrawals = find_member(from, "withdrawals");
    if (withdrawals != nullptr && withdrawals->is_array() && withdrawals->empty()) return {};
    return must_be_absent(from, "withdrawals", "Filecoin has no withdrawals of validators");
}

Status apply_overrides(chain::Sandbox& box, vm::Executor& executor, const StateOverrides& overrides) {
    for (const auto& [address, change] : overrides.accounts) {
        if (change.code && actors::eam::in_precompile_range(address))
            return fail(Errc::invalid_argument, "an override gives code to the precompiled contract " +
                                                    hex_text(address) + ", which cannot be replaced in Filecoin's EVM");
        STRATA_TRY(auto found, find_or_make(box, executor, address));
        if (change.balance) found.actor.balance = *change.balance;
        if (change.nonce) found.actor.sequence = *change.nonce;
        if (change.code || change.state || change.state_diff || change.nonce)
            STRATA_OK(change_contract(box, executor, found, change));
        executor.tree().set(found.id, std::move(found.actor));
    }
    return {};
}

Status apply_overrides(chain::SandboxBlock& block, const BlockOverrides& overrides) {
    if (overrides.number) {
        if (*overrides.number > std::uint64_t{INT64_MAX})
            return fail(Errc::invalid_argument, "the number of the block is " + std::to_string(*overrides.number) +
                                                    ", expected less than 2^63");
        block.epoch = static_cast<ChainEpoch>(*overrides.number);
    }
    if (overrides.time) block.timestamp = *overrides.time;
    if (overrides.base_fee) block.base_fee = *overrides.base_fee;
    return {};
}

Result<std::unique_ptr<vm::Executor>> open_changed(chain::Sandbox& box, const chain::Tipset& base,
                                                   const Changes& changes) {
    auto block = chain::SandboxBlock::of(base);
    STRATA_OK(apply_overrides(block, changes.block));
    STRATA_TRY(auto executor, box.open(box.root(), block));
    STRATA_OK(apply_overrides(box, *executor, changes.state));
    return executor;
}

}  // namespace strata::api
