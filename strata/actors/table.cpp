#include <strata/actors/table.hpp>

#include <map>

#include <strata/actors/account/methods.hpp>
#include <strata/actors/cron/methods.hpp>
#include <strata/actors/datacap/methods.hpp>
#include <strata/actors/eam/methods.hpp>
#include <strata/actors/ethaccount/methods.hpp>
#include <strata/actors/init/methods.hpp>
#include <strata/actors/market/methods.hpp>
#include <strata/actors/miner/methods.hpp>
#include <strata/actors/multisig/methods.hpp>
#include <strata/actors/paych/methods.hpp>
#include <strata/actors/power/methods.hpp>
#include <strata/actors/reward/methods.hpp>
#include <strata/actors/system/methods.hpp>
#include <strata/actors/verifreg/methods.hpp>

namespace strata::actors {
namespace {

class NativeTable final : public vm::ActorTable {
  public:
    explicit NativeTable(const Policy& policy) {
        add(ActorType::system, NativeActor(policy, system::methods()));
        add(ActorType::init, NativeActor(policy, init::methods()));
        add(ActorType::cron, NativeActor(policy, cron::methods()));
        add(ActorType::account, NativeActor(policy, account::methods(), NativeActor::Unknown::accept_exported));
        add(ActorType::ethaccount, NativeActor(policy, ethaccount::methods(), NativeActor::Unknown::accept_exported));
        add(ActorType::eam,
            NativeActor(policy, eam::methods(), NativeActor::Unknown::refuse, NativeActor::Internal::open));
        add(ActorType::power, NativeActor(policy, power::methods()));
        add(ActorType::market, NativeActor(policy, market::methods()));
        add(ActorType::datacap, NativeActor(policy, datacap::methods()));
        add(ActorType::verified_registry, NativeActor(policy, verifreg::methods()));
        add(ActorType::payment_channel, NativeActor(policy, paych::methods()));
        add(ActorType::reward, NativeActor(policy, reward::methods()));
        add(ActorType::miner, NativeActor(policy, miner::methods()));
        add(ActorType::multisig, NativeActor(policy, multisig::methods(), NativeActor::Unknown::accept_exported));
    }
    const vm::ActorCode* find(ActorType type) const override {
        const auto it = actors_.find(type);
        return it == actors_.end() ? nullptr : &it->second;
    }

  private:
    void add(ActorType type, NativeActor actor) { actors_.emplace(type, std::move(actor)); }
    std::map<ActorType, NativeActor> actors_;
};

}  // namespace

std::unique_ptr<vm::ActorTable> native_actors(const Policy& policy) {
    return std::make_unique<NativeTable>(policy);
}

}  // namespace strata::actors
