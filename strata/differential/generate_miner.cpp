// Who controls a miner, its money, and the questions that anyone may ask it.
#include <strata/actors/reward/state.hpp>
#include <strata/differential/doors.hpp>
#include <strata/differential/miner_now.hpp>

namespace strata::differential {
namespace {

using namespace actors::miner;

// A method and its exported number (FRC-42), which must do the same.
MethodNumber either(Scene& scene, MethodNumber number, MethodNumber exported) {
    return scene.dice.chance(60) ? number : exported;
}

Address some_id(Scene& scene) {
    return scene.dice.chance(85) ? Address::id(scene.id_of(scene.anybody())) : scene.any_address();
}

Made change_worker(Scene& scene) {
    STRATA_TRY(const auto miner, any_miner(scene));
    if (!miner) return nothing();
    ChangeWorkerAddressParams params;
    params.new_worker = miner->info.worker;
    if (scene.dice.chance(70)) {
        const Person& person = scene.anybody();
        if (person.key.type == wallet::KeyType::bls || scene.dice.chance(10)) params.new_worker = person.address;
    }
    for (auto count = scene.dice.below(scene.dice.chance(95) ? 4 : 13); count > 0; --count)
        params.new_control_addresses.push_back(some_id(scene));
    return scene.send_as(miner->owner(), miner->id, either(scene, kChangeWorkerAddress, 3302309124), to_cbor(params),
                         "change the worker");
}

Made confirm_worker(Scene& scene) {
    STRATA_TRY(const auto miner, any_miner(scene));
    if (!miner || (!miner->info.pending_worker_key && scene.dice.chance(80))) return nothing();
    return scene.send_as(miner->owner(), miner->id, either(scene, kConfirmChangeWorkerAddress, 2354970453), {},
                         "confirm the worker");
}

Made change_owner(Scene& scene) {
    STRATA_TRY(const auto miner, any_miner(scene));
    if (!miner) return nothing();
    ActorId from = miner->owner();
    Address to = some_id(scene);
    // Half of the proposals are confirmed before a new one is made.
    if (const auto& pending = miner->info.pending_owner_address; pending && scene.dice.chance(70)) {
        from = pending->as_id().value_or(from);
        if (scene.dice.chance(95)) to = *pending;
    }
    return scene.send_as(from, miner->id, either(scene, kChangeOwnerAddress, 1010589339), to_cbor(to),
                         "change the owner");
}

Made change_beneficiary(Scene& scene) {
    STRATA_TRY(const auto miner, any_miner(scene));
    if (!miner) return nothing();
    ChangeBeneficiaryParams params{some_id(scene), fil(scene.dice.between(0, 20)),
                                   scene.epoch + scene.dice.between(-10, 20'000)};
    ActorId from = miner->owner();
    if (scene.dice.chance(20)) params = {miner->info.owner, 0, 0};
    if (const auto& pending = miner->info.pending_beneficiary_term; pending && scene.dice.chance(75)) {
        from =
            (pending->approved_by_nominee ? miner->info.beneficiary : pending->new_beneficiary).as_id().value_or(from);
        params = {pending->new_beneficiary, pending->new_quota, pending->new_expiration};
        if (scene.dice.chance(5)) params.new_quota += 1;
    }
    return scene.send_as(from, miner->id, either(scene, kChangeBeneficiary, 1570634796), to_cbor(params),
                         "change the beneficiary");
}

Made change_peer(Scene& scene) {
    STRATA_TRY(const auto miner, any_miner(scene));
    if (!miner) return nothing();
    const ChangePeerIdParams params{scene.dice.bytes(scene.dice.chance(90) ? scene.dice.below(60) : 129)};
    return scene.send_as(miner->controller(scene.dice), miner->id, either(scene, kChangePeerId, 1236548004),
                         to_cbor(params), "change the peer ID");
}

Made change_multiaddrs(Scene& scene) {
    STRATA_TRY(const auto miner, any_miner(scene));
    if (!miner) return nothing();
    ChangeMultiaddrsParams params;
    for (auto count = scene.dice.below(4); count > 0; --count)
        params.new_multi_addrs.push_back(scene.dice.bytes(scene.dice.below(scene.dice.chance(90) ? 20 : 700)));
    return scene.send_as(miner->controller(scene.dice), miner->id, either(scene, kChangeMultiaddrs, 1063480576),
                         to_cbor(params), "change the multiaddrs");
}

Made withdraw(Scene& scene) {
    STRATA_TRY(const auto miner, any_miner(scene));
    if (!miner) return nothing();
    const WithdrawBalanceParams params{scene.dice.amount(scene.view.balance_of(miner->id))};
    const Address from = scene.dice.chance(60) ? miner->info.owner : miner->info.beneficiary;
    return scene.send_as(from.as_id().value_or(0), miner->id, either(scene, kMinerWithdrawBalance, 2280458852),
                         to_cbor(params), "withdraw from a miner");
}

Made repay_debt(Scene& scene) {
    STRATA_TRY(const auto miner, any_miner(scene));
    if (!miner) return nothing();
    return scene.send_as(miner->controller(scene.dice), miner->id, either(scene, kRepayDebt, 3665352697), {},
                         "repay debt", scene.dice.chance(50) ? scene.dice.amount(fil(100)) : 0);
}

Made report_fault(Scene& scene) {
    STRATA_TRY(const auto miner, any_miner(scene));
    if (!miner) return nothing();
    const auto fault =
        fault_proof(scene.dice.chance(95) ? miner->id : miner->id + 1, scene.epoch - scene.dice.between(0, 1500),
                    static_cast<std::uint8_t>(scene.dice.between(1, 3)));
    return std::optional(scene.send(
        scene.anybody(), miner->id, kReportConsensusFault,
        ReportConsensusFaultParams{scene.dice.bytes(3), scene.dice.bytes(3), scene.dice.chance(90) ? fault : Bytes{}},
        "report a consensus fault"));
}

// The block reward, as the system pays it. A large penalty puts the miner into debt.
Made award(Scene& scene) {
    const auto id = scene.any(vm::ActorType::miner);
    if (!id) return nothing();
    auto& dice = scene.dice;
    const auto gas_reward = dice.chance(30) ? dice.amount(fil(1)) : TokenAmount(0);
    const auto penalty = dice.chance(20) ? dice.amount(fil(dice.one_of({1, 50, 2000}))) : TokenAmount(0);
    const actors::reward::AwardBlockRewardParams params{dice.chance(96) ? Address::id(*id) : scene.any_address(),
                                                        penalty, gas_reward, dice.between(dice.chance(95) ? 1 : 0, 3)};
    auto step = scene.message(Address::id(kSystemId), Address::id(kRewardId), actors::reward::kAwardBlockReward,
                              to_cbor(params), 0, "block reward");
    step.kind = Step::Kind::implicit;
    return std::optional(std::move(step));
}

Made apply_rewards_from_outside(Scene& scene) {
    const auto id = scene.any(vm::ActorType::miner);
    if (!id) return nothing();
    return std::optional(scene.send(scene.anybody(), *id, kApplyRewards, ApplyRewardParams{fil(1), 0}, "ApplyRewards"));
}

Result<SectorNumber> some_sector(Scene& scene, const MinerNow& miner) {
    STRATA_TRY(const auto taken, miner.reader.allocated_numbers());
    if (taken.empty() || scene.dice.chance(15)) return scene.dice.below(400);
    STRATA_TRY(const auto numbers, taken.positions(100'000));
    return scene.dice.pick(numbers);
}

Made ask(Scene& scene) {
    STRATA_TRY(const auto miner, any_miner(scene));
    if (!miner) return nothing();
    const MethodNumber method =
        scene.dice.one_of<MethodNumber>({kControlAddresses, kGetBeneficiary, 4158972569, 3275365574, 3858292296,
                                         4026106874, 1726876304, 2812875329, 1332909407, 3180523767});
    return std::optional(scene.send(scene.anybody(), miner->id, method, "a question to a miner"));
}

Made ask_about_sector(Scene& scene) {
    STRATA_TRY(const auto miner, any_miner(scene));
    if (!miner) return nothing();
    STRATA_TRY(const auto number, some_sector(scene, *miner));
    auto& dice = scene.dice;
    const Person& from = scene.anybody();
    switch (dice.below(6)) {
        case 0:
            return std::optional(
                scene.send(from, miner->id, kCheckSectorProven, CheckSectorProvenParams{number}, "CheckSectorProven"));
        case 1:
            return std::optional(scene.send(from, miner->id, 1321604665, GenerateSectorLocationParams{number},
                                            "GenerateSectorLocation"));
        case 2:
            return std::optional(scene.send(from, miner->id, 3010055991, number, "GetNominalSectorExpiration"));
        case 3:
            return std::optional(scene.send(from, miner->id, 4127382196,
                                            MaxTerminationFeeParams{BigInt(dice.below(1 << 20)), dice.amount(fil(1))},
                                            "MaxTerminationFee"));
        case 4:
            return std::optional(scene.send(from, miner->id, 348244887, scene.any_address(), "IsControllingAddress"));
        default: {
            ValidateSectorStatusParams params{number, {static_cast<SectorStatusCode>(dice.below(3))}, {}};
            SectorLocation location;
            STRATA_TRY(const auto place, miner->reader.find(number));
            if (place && dice.chance(90))
                location = {static_cast<std::int64_t>(place->deadline), static_cast<std::int64_t>(place->partition)};
            if (dice.chance(5)) location.deadline = dice.between(-2, 60);
            params.aux_data = to_cbor(location);
            return std::optional(scene.send(from, miner->id, 3092458564, params, "ValidateSectorStatus"));
        }
    }
}

constexpr Action kActions[] = {{"change the worker", 3, &change_worker},
                               {"confirm the worker", 3, &confirm_worker},
                               {"change the owner", 3, &change_owner},
                               {"change the beneficiary", 4, &change_beneficiary},
                               {"change the peer", 2, &change_peer},
                               {"change the multiaddrs", 2, &change_multiaddrs},
                               {"withdraw", 5, &withdraw},
                               {"repay debt", 2, &repay_debt},
                               {"consensus fault", 1, &report_fault},
                               {"block reward", 10, &award},
                               {"rewards from outside", 1, &apply_rewards_from_outside},
                               {"question", 4, &ask},
                               {"question about a sector", 6, &ask_about_sector}};

}  // namespace

std::span<const Action> miner_actions() {
    return kActions;
}

}  // namespace strata::differential
