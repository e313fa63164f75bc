#include <strata/actors/table.hpp>

#include <deque>
#include <map>

#include <strata/actors/bundle.hpp>
#include <strata/actors/methods.hpp>
#include <strata/vm/host_calls.hpp>

namespace strata::actors {
namespace {

using TypeTable = std::map<ActorType, NativeActor>;

std::span<const Method> miner_methods(ActorsVersion version) {
    if (version == kOldestActors) return miner::methods17();
    return version == kSolsticeActors ? miner::methods19() : miner::methods();
}

// Accounts and multisigs accept every exported method, so that a send with the method of a token or contract standard
// does not fail. The EAM and contracts are open to contracts, which call their methods by numbers below the exported
// range. Version 17 differs in the methods of miners (builtin-actors, git diff v17.0.0 v18.0.0), and in the EVM.
// Version 19 differs in what FIP-0118 changes; other differences follow from the policy (docs/protocol/nv29.md).
TypeTable actors_with(const Policy& policy, ActorsVersion version) {
    using Unknown = NativeActor::Unknown;
    const bool solstice = policy.solstice;
    TypeTable out;
    const auto add = [&](ActorType type, std::span<const Method> methods, Unknown unknown = Unknown::refuse,
                         NativeActor::Internal internal = NativeActor::Internal::restricted,
                         Handler any_other = nullptr) {
        out.emplace(type, NativeActor(policy, methods, unknown, internal, any_other, code_costs(type)));
    };
    add(ActorType::system, system::methods());
    add(ActorType::init, init::methods());
    add(ActorType::cron, cron::methods());
    add(ActorType::account, account::methods(), Unknown::accept_exported);
    add(ActorType::ethaccount, ethaccount::methods(), Unknown::accept_exported);
    add(ActorType::eam, eam::methods(), Unknown::refuse, NativeActor::Internal::open);
    add(ActorType::evm, evm::methods(), Unknown::refuse, NativeActor::Internal::open, &evm::native_method);
    add(ActorType::power, power::methods());
    add(ActorType::market, solstice ? market::methods19() : market::methods());
    add(ActorType::datacap, solstice ? datacap::methods19() : datacap::methods());
    add(ActorType::verified_registry, solstice ? verifreg::methods19() : verifreg::methods());
    add(ActorType::payment_channel, paych::methods());
    add(ActorType::reward, solstice ? reward::methods19() : reward::methods());
    add(ActorType::miner, miner_methods(version));
    add(ActorType::multisig, multisig::methods(), Unknown::accept_exported);
    return out;
}

// The code of a placeholder returns at once, whatever the method (docs/protocol/fvm.md §8.2).
class Placeholder final : public vm::ActorCode {
  public:
    vm::Syscall<vm::ActorExit> invoke(vm::Kernel& kernel, vm::BlockId) const override {
        const CodeCost& cost = cost_of(code_costs(ActorType::placeholder), kernel.message().method);
        STRATA_OK(kernel.gas_tracker().charge({vm::kNativeCode, vm::gas(cost.call), 0}));
        return vm::ActorExit{};
    }
};

class NativeTable final : public vm::ActorTable {
  public:
    NativeTable() {
        for (const auto name :
             {ActorBundle::mainnet, ActorBundle::calibnet, ActorBundle::butterflynet, ActorBundle::devnet}) {
            for (ActorsVersion version = kOldestActors; version <= kNewestNative; ++version)
                if (const auto* const bundle = find_bundle(name, version)) add_bundle(*bundle);
        }
    }
    bool knows(const Cid& code, ActorType type) const override {
        const auto it = by_code_.find(code);
        return it != by_code_.end() && it->second.type == type;
    }
    const vm::ActorCode* find(const Cid& code, ActorType) const override { return by_code_.at(code).actor; }

  private:
    struct Entry {
        ActorType type{};
        const vm::ActorCode* actor = nullptr;
    };
    void add_bundle(const Bundle& bundle) {
        Policy& policy = policies_.emplace_back(policy_of(bundle.name));
        policy.evm_has_clz_and_p256 = bundle.version > kOldestActors;
        policy.solstice = bundle.version >= kSolsticeActors;
        const auto& actors = tables_.emplace_back(actors_with(policy, bundle.version));
        for (const auto& [type, code] : bundle.manifest.codes) {
            const auto it = actors.find(type);
            by_code_[code] = {type, it == actors.end() ? nullptr : &it->second};
            if (type == ActorType::placeholder) by_code_[code].actor = &placeholder_;
        }
    }
    static constexpr ActorsVersion kNewestNative = kSolsticeActors;
    const Placeholder placeholder_;
    std::deque<Policy> policies_;   // tables_ refer to them
    std::deque<TypeTable> tables_;  // by_code_ points into them
    std::map<Cid, Entry> by_code_;
};

}  // namespace

std::unique_ptr<vm::ActorTable> native_actors() {
    return std::make_unique<NativeTable>();
}

}  // namespace strata::actors
