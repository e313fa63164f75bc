// The numbers are those of builtin-actors v18 actors/miner/src/lib.rs. Those above 2^24 are FRC-42 hashes of the
// methods' names; that of 37 is from crate fil_actor_miner_state 27.2.0 src/v19/mod.rs.
#include <strata/actors/methods.hpp>

#include <strata/actors/miner/handlers.hpp>
#include <strata/actors/miner/proving.hpp>

namespace strata::actors::miner {
namespace {

constexpr Method kMethods[] = {
    method<&constructor>(1),
    method<&control_addresses>(2),
    method<&change_worker_address>(3),
    method<&change_worker_address>(3302309124),
    method<&change_peer_id>(4),
    method<&change_peer_id>(1236548004),
    method<&submit_windowed_post>(5),
    method<&terminate_sectors>(9),
    method<&declare_faults>(10),
    method<&declare_faults_recovered>(11),
    method<&on_deferred_cron_event>(12),
    method<&check_sector_proven>(13),
    method<&apply_rewards>(14),
    method<&report_consensus_fault>(15),
    method<&withdraw_balance>(16),
    method<&withdraw_balance>(2280458852),
    method<&internal_sector_setup_preseal>(17),
    method<&change_multiaddrs>(18),
    method<&change_multiaddrs>(1063480576),
    method<&compact_partitions>(19),
    method<&compact_sector_numbers>(20),
    method<&confirm_change_worker_address>(21),
    method<&confirm_change_worker_address>(2354970453),
    method<&repay_debt>(22),
    method<&repay_debt>(3665352697),
    method<&change_owner_address>(23),
    method<&change_owner_address>(1010589339),
    method<&dispute_windowed_post>(24),
    method<&pre_commit_sector_batch2>(28),
    method<&change_beneficiary>(30),
    method<&change_beneficiary>(1570634796),
    method<&get_beneficiary>(31),
    method<&get_beneficiary>(4158972569),
    method<&extend_sector_expiration2>(32),
    method<&prove_commit_sectors3>(34),
    method<&prove_replica_updates3>(35),
    method<&prove_commit_sectors_ni>(36),
    method<&get_owner>(3275365574),
    method<&is_controlling_address>(348244887),
    method<&get_sector_size>(3858292296),
    method<&get_available_balance>(4026106874),
    method<&get_vesting_funds>(1726876304),
    method<&get_peer_id>(2812875329),
    method<&get_multiaddrs>(1332909407),
    method<&max_termination_fee>(4127382196),
    method<&initial_pledge>(3180523767),
    // New in version 18; methods17() ends before them:
    method<&generate_sector_location>(1321604665),
    method<&validate_sector_status>(3092458564),
    method<&get_nominal_sector_expiration>(3010055991),
    // New in version 19; methods() ends before it:
    method<&upgrade_sector_quality>(37),
};

constexpr std::size_t kNewIn18 = 3;
constexpr std::size_t kNewIn19 = 1;

}  // namespace

std::span<const Method> methods() {
    return std::span(kMethods).first(std::size(kMethods) - kNewIn19);
}

std::span<const Method> methods17() {
    return std::span(kMethods).first(std::size(kMethods) - kNewIn19 - kNewIn18);
}

std::span<const Method> methods19() {
    return kMethods;
}

}  // namespace strata::actors::miner
