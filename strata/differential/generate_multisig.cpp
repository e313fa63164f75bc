// Multisig wallets: made by the init actor, then proposals, approvals, and changes that the wallet makes to itself.
#include <strata/actors/init/types.hpp>
#include <strata/actors/multisig/state.hpp>
#include <strata/differential/scene.hpp>

namespace strata::differential {
namespace {

using namespace actors::multisig;

enum Method : MethodNumber {
    propose = 2,
    approve,
    cancel,
    add_signer,
    remove_signer,
    swap_signer,
    change_threshold,
    lock_balance
};

constexpr std::size_t kEnough = 12;  // wallets

Made create(Scene& scene) {
    if (scene.view.all(vm::ActorType::multisig).size() >= kEnough && scene.dice.chance(80)) return nothing();
    ConstructorParams params;
    const auto count = 1 + scene.dice.below(4);
    for (std::uint64_t i = 0; i < count; ++i) params.signers.push_back(scene.dice.pick(scene.start.people).address);
    // Without repeats it is valid; a repeat is refused.
    if (scene.dice.chance(90)) {
        std::ranges::sort(params.signers);
        params.signers.erase(std::ranges::unique(params.signers).begin(), params.signers.end());
    }
    if (scene.dice.chance(10)) params.signers.push_back(scene.any_address());
    params.threshold = scene.dice.chance(90) ? 1 + scene.dice.below(params.signers.size())
                                             : scene.dice.below(params.signers.size() + 3);
    if (scene.dice.chance(30)) {
        params.unlock_duration = scene.dice.between(-1, 5000);
        params.start_epoch = scene.epoch + scene.dice.between(-3000, 3000);
    }
    const auto code = scene.view.manifest().codes.at(vm::ActorType::multisig);
    return std::optional(scene.send(scene.anybody(), kInitId, actors::init::kExec,
                                    actors::init::ExecParams{code, to_cbor(params)}, "make a multisig",
                                    scene.dice.amount(fil(1000))));
}

Made create_other_actor(Scene& scene) {
    const auto& codes = scene.view.manifest().codes;
    const auto type = static_cast<vm::ActorType>(1 + scene.dice.below(codes.size()));
    const auto code = codes.find(type);
    if (code == codes.end()) return nothing();
    return std::optional(scene.send(scene.anybody(), kInitId, actors::init::kExec,
                                    actors::init::ExecParams{code->second, scene.dice.bytes(scene.dice.below(30))},
                                    "Exec with the code of any actor"));
}

Made exec4(Scene& scene) {
    const auto code = scene.view.manifest().codes.at(vm::ActorType::multisig);
    return std::optional(scene.send(scene.anybody(), kInitId, actors::init::kExec4,
                                    actors::init::Exec4Params{code, {}, scene.dice.bytes(20)}, "Exec4 of an account"));
}

struct Wallet {
    ActorId id;
    State state;
    std::vector<const Person*> signers;  // those among the people
};

Result<std::optional<Wallet>> any_wallet(Scene& scene) {
    const auto id = scene.any(vm::ActorType::multisig);
    if (!id) return std::optional<Wallet>{};
    STRATA_TRY(auto state, scene.view.state<State>(*id));
    std::vector<const Person*> signers;
    for (const auto& signer : state.signers)
        if (const auto* person = scene.view.person_of(signer.as_id().value_or(0))) signers.push_back(person);
    if (signers.empty()) return std::optional<Wallet>{};
    return std::optional(Wallet{*id, std::move(state), std::move(signers)});
}

Step proposal(Scene& scene, const Wallet& wallet, const ProposeParams& params, std::string label) {
    return scene.send(*scene.dice.pick(wallet.signers), wallet.id, propose, params, std::move(label));
}

Made propose_transfer(Scene& scene) {
    STRATA_TRY(const auto wallet, any_wallet(scene));
    if (!wallet) return nothing();
    ProposeParams params{scene.any_address(), scene.dice.amount(scene.view.balance_of(wallet->id)), kMethodSend, {}};
    if (scene.dice.chance(10)) params.params = scene.dice.bytes(5);
    return std::optional(proposal(scene, *wallet, params, "propose a transfer"));
}

Made propose_change(Scene& scene) {
    STRATA_TRY(const auto wallet, any_wallet(scene));
    if (!wallet) return nothing();
    ProposeParams params{scene.address_of(wallet->id), 0, 0, {}};
    const auto& signers = wallet->state.signers;
    const Address old_signer = scene.dice.chance(80) ? scene.dice.pick(signers) : scene.any_address();
    const Address new_signer = scene.dice.chance(70) ? scene.anybody().address : scene.any_address();
    params.method =
        scene.dice.one_of<MethodNumber>({add_signer, remove_signer, swap_signer, change_threshold, lock_balance});
    switch (params.method) {
        case add_signer:
            params.params = to_cbor(AddSignerParams{new_signer, scene.dice.chance(30)});
            break;
        case remove_signer:
            params.params = to_cbor(RemoveSignerParams{old_signer, scene.dice.chance(50)});
            break;
        case swap_signer:
            params.params = to_cbor(SwapSignerParams{old_signer, new_signer});
            break;
        case change_threshold:
            params.params = to_cbor(ChangeThresholdParams{scene.dice.below(signers.size() + 2)});
            break;
        default:
            params.params = to_cbor(LockBalanceParams{scene.epoch + scene.dice.between(-1000, 1000),
                                                      scene.dice.between(0, 4000), scene.dice.amount(fil(100))});
    }
    return std::optional(proposal(scene, *wallet, params, "propose a change of the wallet"));
}

// The methods that only the wallet itself may call.
Made change_from_outside(Scene& scene) {
    STRATA_TRY(const auto wallet, any_wallet(scene));
    if (!wallet) return nothing();
    return std::optional(scene.send(scene.anybody(), wallet->id, add_signer,
                                    AddSignerParams{scene.anybody().address, false}, "AddSigner of a stranger"));
}

// As builtin-actors' ProposalHashData.
struct HashedProposal {
    std::optional<Address> requester;
    Address to;
    TokenAmount value;
    MethodNumber method = 0;
    Bytes params;
    STRATA_CBOR_TUPLE(requester, to, value, method, params);
};

Made decide(Scene& scene, Method method) {
    STRATA_TRY(const auto wallet, any_wallet(scene));
    if (!wallet) return nothing();
    STRATA_TRY(const auto pending, PendingTransactions::load(scene.view.blocks(), wallet->state.pending_txns));
    std::vector<std::pair<TxnId, Transaction>> all;
    STRATA_OK(pending.for_each([&](TxnId id, const Transaction& transaction) -> Status {
        all.emplace_back(id, transaction);
        return {};
    }));
    if (all.empty()) return nothing();
    const auto& [id, transaction] = scene.dice.pick(all);
    TxnIdParams params{scene.dice.chance(95) ? id : wallet->state.next_txn_id, {}};
    if (scene.dice.chance(50)) {
        HashedProposal hashed{{}, transaction.to, transaction.value, transaction.method, transaction.params};
        if (!transaction.approved.empty()) hashed.requester = transaction.approved.front();
        params.proposal_hash = to_bytes(Cid::hash_of(Codec::raw, to_cbor(hashed)).digest());
        if (scene.dice.chance(10)) params.proposal_hash[0] ^= 1;
    }
    const Person* from = scene.dice.pick(wallet->signers);
    // Only the proposer can cancel.
    if (method == cancel && !transaction.approved.empty())
        if (const auto* proposer = scene.view.person_of(transaction.approved.front().as_id().value_or(0)))
            from = proposer;
    return std::optional(scene.send(*from, wallet->id, method, params, method == approve ? "approve" : "cancel"));
}
Made approve_one(Scene& scene) {
    return decide(scene, approve);
}
Made cancel_one(Scene& scene) {
    return decide(scene, cancel);
}

Made fill(Scene& scene) {
    const auto id = scene.any(vm::ActorType::multisig);
    if (!id) return nothing();
    return std::optional(scene.send(scene.anybody(), *id, kMethodSend, "fund a multisig", scene.dice.amount(fil(50))));
}

constexpr Action kActions[] = {{"make a multisig", 4, &create},
                               {"exec", 1, &create_other_actor},
                               {"exec4", 1, &exec4},
                               {"propose a transfer", 6, &propose_transfer},
                               {"propose a change", 7, &propose_change},
                               {"change from outside", 1, &change_from_outside},
                               {"approve", 9, &approve_one},
                               {"cancel", 3, &cancel_one},
                               {"fund a multisig", 2, &fill}};

}  // namespace

std::span<const Action> multisig_actions() {
    return kActions;
}

}  // namespace strata::differential
