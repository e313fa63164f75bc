#include <strata/actors/table.hpp>

#include <map>

#include <strata/actors/bundle.hpp>
#include <strata/actors/methods.hpp>

namespace strata::actors {
namespace {

using TypeTable = std::map<ActorType, NativeActor>;

// Accounts and multisigs accept every exported method, so that a send with the method of a token or contract standard
// does not fail. The EAM and contracts are open to contracts, which call their methods by numbers below the exported
// range.
TypeTable actors_with(const Policy& policy) {
    using Unknown = NativeActor::Unknown;
    TypeTable out;
    const auto add = [&](ActorType type, std::span<const Method> methods, Unknown unknown = Unknown::refuse,
                         NativeActor::Internal internal = NativeActor::Internal::restricted,
                         Handler any_other = nullptr) {
        out.emplace(type, NativeActor(policy, methods, unknown, internal, any_other));
    };
    add(ActorType::system, system::methods());
    add(ActorType::init, init::methods());
    add(ActorType::cron, cron::methods());
    add(ActorType::account, account::methods(), Unknown::accept_exported);
    add(ActorType::ethaccount, ethaccount::methods(), Unknown::accept_exported);
    add(ActorType::eam, eam::methods(), Unknown::refuse, NativeActor::Internal::open);
    add(ActorType::evm, evm::methods(), Unknown::refuse, NativeActor::Internal::open, &evm::native_method);
    add(ActorType::power, power::methods());
    add(ActorType::market, market::methods());
    add(ActorType::datacap, datacap::methods());
    add(ActorType::verified_registry, verifreg::methods());
    add(ActorType::payment_channel, paych::methods());
    add(ActorType::reward, reward::methods());
    add(ActorType::miner, miner::methods());
    add(ActorType::multisig, multisig::methods(), Unknown::accept_exported);
    return out;
}

// The code of a placeholder returns at once, whatever the method (docs/protocol/fvm.md §8.2).
class Placeholder final : public vm::ActorCode {
  public:
    vm::Syscall<vm::ActorExit> invoke(vm::Kernel&, vm::BlockId) const override { return vm::ActorExit{}; }
};

class NativeTable final : public vm::ActorTable {
  public:
    NativeTable() {
        add_bundle(mainnet_bundle(), mainnet_);
        add_bundle(devnet_bundle(), devnet_);
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
    void add_bundle(const vm::Manifest& bundle, const TypeTable& actors) {
        for (const auto& [type, code] : bundle.codes) {
            const auto it = actors.find(type);
            by_code_[code] = {type, it == actors.end() ? nullptr : &it->second};
            if (type == ActorType::placeholder) by_code_[code].actor = &placeholder_;
        }
    }
    const TypeTable mainnet_ = actors_with(mainnet_policy());
    const TypeTable devnet_ = actors_with(devnet_policy());
    const Placeholder placeholder_;
    std::map<Cid, Entry> by_code_;
};

}  // namespace

std::unique_ptr<vm::ActorTable> native_actors() {
    return std::make_unique<NativeTable>();
}

}  // namespace strata::actors
