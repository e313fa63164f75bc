// Power, reward, cron and system: their questions, and what they refuse to accounts.
#include <strata/actors/power/state.hpp>
#include <strata/actors/reward/state.hpp>
#include <strata/differential/scene.hpp>

namespace strata::differential {
namespace {

Made ask_power(Scene& scene) {
    const MethodNumber method = scene.dice.one_of<MethodNumber>(
        {actors::power::kCurrentTotalPower, 931722534, 1987646258, 196739875, 3753401894, 36284446});
    const Person& from = scene.anybody();
    if (method != 3753401894 && method != 36284446)
        return std::optional(scene.send(from, kPowerId, method, "a question to the power actor"));
    const auto miner = scene.any(vm::ActorType::miner);
    return std::optional(scene.send(from, kPowerId, method, miner && scene.dice.chance(85) ? *miner : ActorId{101},
                                    "the power of a miner"));
}

Made ask_reward(Scene& scene) {
    return std::optional(
        scene.send(scene.anybody(), kRewardId, actors::reward::kThisEpochReward, "the reward of this epoch"));
}

Made call_as_stranger(Scene& scene) {
    using namespace actors::power;
    const Person& from = scene.anybody();
    switch (scene.dice.below(6)) {
        case 0:
            return std::optional(scene.send(from, kPowerId, kUpdateClaimedPower, UpdateClaimedPowerParams{1, 1},
                                            "update power as an account"));
        case 1:
            return std::optional(
                scene.send(from, kPowerId, kEnrollCronEvent, EnrollCronEventParams{1, {}}, "enroll as an account"));
        case 2:
            return std::optional(
                scene.send(from, kPowerId, kUpdatePledgeTotal, TokenAmount(1), "update the pledge as an account"));
        case 3:
            return std::optional(scene.send(from, kRewardId, actors::reward::kUpdateNetworkKpi, StoragePower(1),
                                            "update the reward as an account"));
        case 4: {
            const ActorId to = scene.dice.one_of<ActorId>(
                {kSystemId, kInitId, kRewardId, kCronId, kPowerId, kMarketId, kVerifiedRegistryId, kDatacapId, kEamId});
            return std::optional(scene.send(from, to, kMethodConstructor, "construct a singleton again"));
        }
        default:
            return std::optional(scene.send(from, kCronId, 2, "EpochTick of an account"));
    }
}

constexpr Action kActions[] = {{"question to power", 4, &ask_power},
                               {"question to reward", 1, &ask_reward},
                               {"methods of the system", 2, &call_as_stranger}};

}  // namespace

std::span<const Action> power_actions() {
    return kActions;
}

}  // namespace strata::differential
