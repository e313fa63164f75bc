// Makes the actors that hold the money at first: accounts and multisigs of the template. Keys get their IDs in the
// order in which the template names them, before any actor is made.
#include <strata/actors/account/state.hpp>
#include <strata/actors/multisig/state.hpp>
#include <strata/chain/genesis/make_genesis.hpp>
#include <strata/chain/genesis/steps.hpp>

namespace strata::chain::genesis {
namespace {

class Accounts {
  public:
    explicit Accounts(Machine& machine) : machine_(machine) {}

    Status assign_ids(const GenesisTemplate& what);
    /// Makes the actor, and accounts for a multisig's signers that have none yet.
    Status make(const GenesisActor& actor, std::optional<ActorId> id);
    Status make_account(ActorId id, const Address& key, const TokenAmount& balance);
    KeyIds take_keys() { return std::move(keys_); }

  private:
    Status assign_id(const Address& key, ActorId id);
    Status assign_signer_ids(const GenesisMultisig& multisig);
    Status assign_fixed_id(const GenesisActor& actor, ActorId id);
    Result<ActorId> next_id();
    Status make_multisig(const GenesisMultisig& multisig, ActorId id, const TokenAmount& balance);

    Machine& machine_;
    KeyIds keys_;
    ActorId next_ = kFirstNonSingletonId;
};

Error wrong(std::string_view what) {
    return fail(Errc::invalid_argument, "genesis: " + std::string(what));
}

Result<ActorId> Accounts::next_id() {
    if (next_ >= kFirstMinerId)
        return wrong("the keys and multisigs need more IDs than the " +
                     std::to_string(kFirstMinerId - kFirstNonSingletonId) + " from f0" +
                     std::to_string(kFirstNonSingletonId) + " to f0" + std::to_string(kFirstMinerId - 1));
    return next_++;
}

Status Accounts::assign_id(const Address& key, ActorId id) {
    const auto kind = key.defined() ? key.protocol() : Address::Protocol::id;
    if (kind != Address::Protocol::secp256k1 && kind != Address::Protocol::bls)
        return wrong("an account has the address " + key.to_string() + ", expected an f1 or f3 address");
    if (!keys_.emplace(key, id).second) return wrong("two actors have the key " + key.to_string());
    return {};
}

Status Accounts::assign_signer_ids(const GenesisMultisig& multisig) {
    for (const auto& signer : multisig.signers) {
        if (keys_.contains(signer)) continue;
        STRATA_TRY(const ActorId id, next_id());
        STRATA_OK(assign_id(signer, id));
    }
    return {};
}

// Gives the key of f080 or f090 its fixed ID, or IDs to the signers if the actor is a multisig.
Status Accounts::assign_fixed_id(const GenesisActor& actor, ActorId id) {
    if (const auto* multisig = std::get_if<GenesisMultisig>(&actor.kind)) return assign_signer_ids(*multisig);
    return assign_id(std::get<GenesisAccount>(actor.kind).owner, id);
}

Status Accounts::assign_ids(const GenesisTemplate& what) {
    if (what.accounts.size() > kMaxGenesisAccounts)
        return wrong("there are " + std::to_string(what.accounts.size()) + " accounts, expected at most " +
                     std::to_string(kMaxGenesisAccounts));
    for (const auto& actor : what.accounts) {
        if (const auto* multisig = std::get_if<GenesisMultisig>(&actor.kind)) {
            STRATA_OK(assign_signer_ids(*multisig));
        } else {
            STRATA_TRY(const ActorId id, next_id());
            STRATA_OK(assign_id(std::get<GenesisAccount>(actor.kind).owner, id));
        }
    }
    STRATA_OK(assign_fixed_id(what.verifreg_root, kVerifregRootId));
    STRATA_OK(assign_fixed_id(what.remainder, kReserveId));

    STRATA_TRY(auto init, machine_.state<vm::InitState>(kInitId));
    STRATA_TRY(auto map, (HamtMap<Address, ActorId>::load(machine_.store(), init.address_map)));
    for (const auto& [key, id] : keys_) STRATA_OK(map.set(key, id));
    STRATA_TRY(init.address_map, map.flush());
    init.next_id = kFirstMinerId;
    return machine_.set_state(kInitId, init);
}

Status Accounts::make_account(ActorId id, const Address& key, const TokenAmount& balance) {
    STRATA_TRY(const Cid head, put_cbor(machine_.store(), actors::account::State{key}));
    machine_.create(id, vm::ActorType::account, {head, balance, {}});
    return {};
}

Status Accounts::make_multisig(const GenesisMultisig& multisig, ActorId id, const TokenAmount& balance) {
    if (multisig.threshold == 0 || multisig.threshold > multisig.signers.size())
        return wrong("a multisig has the threshold " + std::to_string(multisig.threshold) + ", expected 1 to " +
                     std::to_string(multisig.signers.size()) + ", the number of its signers");
    actors::multisig::State state;
    for (const auto& signer : multisig.signers) {
        const ActorId signer_id = keys_.at(signer);
        STRATA_TRY(const auto known, machine_.tree().get(signer_id));
        if (!known) STRATA_OK(make_account(signer_id, signer, 0));
        state.signers.push_back(Address::id(signer_id));
    }
    state.threshold = multisig.threshold;
    state.initial_balance = balance;
    state.start_epoch = multisig.vesting_start;
    state.unlock_duration = multisig.vesting_duration;
    STRATA_TRY(state.pending_txns, actors::multisig::PendingTransactions::empty_root(machine_.store()));
    STRATA_TRY(const Cid head, put_cbor(machine_.store(), state));
    machine_.create(id, vm::ActorType::multisig, {head, balance, {}});
    return {};
}

Status Accounts::make(const GenesisActor& actor, std::optional<ActorId> id) {
    if (actor.balance.is_negative())
        return wrong("an actor has the balance " + actor.balance.to_string() + ", expected at least 0");
    if (const auto* multisig = std::get_if<GenesisMultisig>(&actor.kind)) {
        if (!id) {
            STRATA_TRY(id, next_id());
        }
        return make_multisig(*multisig, *id, actor.balance);
    }
    const Address& owner = std::get<GenesisAccount>(actor.kind).owner;
    return make_account(keys_.at(owner), owner, actor.balance);
}

}  // namespace

Result<KeyIds> make_accounts(Machine& machine, const GenesisTemplate& what, const Address& first_verifier) {
    Accounts accounts(machine);
    STRATA_OK(accounts.assign_ids(what));
    STRATA_OK(accounts.make_account(kBurntFundsId, Address::id(kBurntFundsId), 0));
    for (const auto& actor : what.accounts) STRATA_OK(accounts.make(actor, std::nullopt));
    STRATA_OK(accounts.make(what.verifreg_root, kVerifregRootId));
    STRATA_OK(accounts.make_account(kFirstVerifierId, first_verifier, 0));

    STRATA_TRY(const auto given, machine.total_balance());
    GenesisActor remainder = what.remainder;
    remainder.balance = total_filecoin() - given;
    if (remainder.balance.is_negative())
        return wrong("the actors get " + given.to_string() + " attoFIL, expected at most " +
                     total_filecoin().to_string() + ", all that exists");
    STRATA_OK(accounts.make(remainder, kReserveId));
    return accounts.take_keys();
}

}  // namespace strata::chain::genesis
