// Numbers: builtin-actors v18 actors/miner/src/lib.rs; those above 2^24 are FRC-42 hashes of the methods' names.
#include <strata/actors/miner/methods.hpp>

#include <strata/actors/miner/proving.hpp>

namespace strata::actors::miner {
namespace {

constexpr Method kMethods[] = {
    method<&constructor>(1),
    method<&control_addresses>(2),
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
    method<&compact_partitions>(19),
    method<&compact_sector_numbers>(20),
    method<&repay_debt>(22),
    method<&repay_debt>(3665352697),
    method<&dispute_windowed_post>(24),
};

}  // namespace

std::span<const Method> methods() {
    return kMethods;
}

}  // namespace strata::actors::miner
