#include <strata/differential/state_fields.hpp>

namespace strata::differential {
namespace {

using enum Field::Holds;
using Key = Field::Key;

constexpr Field kSystem[] = {{.name = "builtin_actors", .holds = block}};
constexpr Field kInit[] = {
    {.name = "address_map", .holds = map, .key = Key::address}, {.name = "next_id"}, {.name = "network_name"}};
constexpr Field kCron[] = {{.name = "entries"}};
constexpr Field kAccount[] = {{.name = "address"}};

constexpr Field kEstimate[] = {{.name = "position"}, {.name = "velocity"}};
constexpr Field kReward[] = {{.name = "cumsum_baseline"},
                             {.name = "cumsum_realized"},
                             {.name = "effective_network_time"},
                             {.name = "effective_baseline_power"},
                             {.name = "this_epoch_reward"},
                             {.name = "this_epoch_reward_smoothed", .inside = kEstimate},
                             {.name = "this_epoch_baseline_power"},
                             {.name = "epoch"},
                             {.name = "total_storage_power_reward"},
                             {.name = "simple_total"},
                             {.name = "baseline_total"}};

constexpr Field kClaim[] = {{.name = "window_post_proof"}, {.name = "raw_byte_power"}, {.name = "quality_adj_power"}};
constexpr Field kCronEvent[] = {{.name = "miner"}, {.name = "payload"}};
constexpr Field kPower[] = {{.name = "total_raw_byte_power"},
                            {.name = "total_bytes_committed"},
                            {.name = "total_quality_adj_power"},
                            {.name = "total_qa_bytes_committed"},
                            {.name = "total_pledge_collateral"},
                            {.name = "this_epoch_raw_byte_power"},
                            {.name = "this_epoch_quality_adj_power"},
                            {.name = "this_epoch_pledge_collateral"},
                            {.name = "this_epoch_qa_power_smoothed", .inside = kEstimate},
                            {.name = "miner_count"},
                            {.name = "miner_above_min_power_count"},
                            {.name = "ramp_start_epoch"},
                            {.name = "ramp_duration_epochs"},
                            {.name = "cron_event_queue",
                             .holds = map_of_arrays,
                             .width = 6,
                             .key = Key::epoch,
                             .inside = kCronEvent,
                             .inner_width = 6},
                            {.name = "first_cron_epoch"},
                            {.name = "claims", .holds = map, .key = Key::address, .inside = kClaim},
                            {.name = "proof_validation_batch"}};

constexpr Field kBeneficiaryTerm[] = {{.name = "quota"}, {.name = "used_quota"}, {.name = "expiration"}};
constexpr Field kMinerInfo[] = {{.name = "owner"},
                                {.name = "worker"},
                                {.name = "control_addresses"},
                                {.name = "pending_worker_key"},
                                {.name = "peer_id"},
                                {.name = "multi_address"},
                                {.name = "window_post_proof_type"},
                                {.name = "sector_size"},
                                {.name = "window_post_partition_sectors"},
                                {.name = "consensus_fault_elapsed"},
                                {.name = "pending_owner_address"},
                                {.name = "beneficiary"},
                                {.name = "beneficiary_term", .inside = kBeneficiaryTerm},
                                {.name = "pending_beneficiary_term"}};
constexpr Field kPreCommitInfo[] = {{.name = "seal_proof"},      {.name = "sector_number"}, {.name = "sealed_cid"},
                                    {.name = "seal_rand_epoch"}, {.name = "deal_ids"},      {.name = "expiration"},
                                    {.name = "unsealed_cid"}};
constexpr Field kPreCommit[] = {
    {.name = "info", .inside = kPreCommitInfo}, {.name = "pre_commit_deposit"}, {.name = "pre_commit_epoch"}};
constexpr Field kSector[] = {{.name = "sector_number"},
                             {.name = "seal_proof"},
                             {.name = "sealed_cid"},
                             {.name = "deprecated_deal_ids"},
                             {.name = "activation"},
                             {.name = "expiration"},
                             {.name = "deal_weight"},
                             {.name = "verified_deal_weight"},
                             {.name = "initial_pledge"},
                             {.name = "expected_day_reward"},
                             {.name = "expected_storage_pledge"},
                             {.name = "power_base_epoch"},
                             {.name = "replaced_day_reward"},
                             {.name = "sector_key_cid"},
                             {.name = "flags"},
                             {.name = "daily_fee"}};
constexpr Field kPower2[] = {{.name = "raw"}, {.name = "qa"}};
constexpr Field kExpirationSet[] = {{.name = "on_time_sectors"},
                                    {.name = "early_sectors"},
                                    {.name = "on_time_pledge"},
                                    {.name = "active_power", .inside = kPower2},
                                    {.name = "faulty_power", .inside = kPower2},
                                    {.name = "fee_deduction"}};
constexpr Field kPartition[] = {{.name = "sectors"},
                                {.name = "unproven"},
                                {.name = "faults"},
                                {.name = "recoveries"},
                                {.name = "terminated"},
                                {.name = "expirations_epochs", .holds = array, .width = 4, .inside = kExpirationSet},
                                {.name = "early_terminated", .holds = array, .width = 3},
                                {.name = "live_power", .inside = kPower2},
                                {.name = "unproven_power", .inside = kPower2},
                                {.name = "faulty_power", .inside = kPower2},
                                {.name = "recovering_power", .inside = kPower2}};
constexpr Field kPost[] = {{.name = "partitions"}, {.name = "proofs"}};
constexpr Field kDeadline[] = {
    {.name = "partitions", .holds = array, .width = 3, .inside = kPartition},
    {.name = "expirations_epochs", .holds = array, .width = 5},
    {.name = "partitions_posted"},
    {.name = "early_terminations"},
    {.name = "live_sectors"},
    {.name = "total_sectors"},
    {.name = "faulty_power", .inside = kPower2},
    {.name = "optimistic_post_submissions", .holds = array, .width = 2, .inside = kPost},
    {.name = "sectors_snapshot", .holds = array, .width = 5, .inside = kSector},
    {.name = "partitions_snapshot", .holds = array, .width = 3, .inside = kPartition},
    {.name = "optimistic_post_submissions_snapshot", .holds = array, .width = 2, .inside = kPost},
    {.name = "live_power", .inside = kPower2},
    {.name = "daily_fee"}};
constexpr Field kDeadlines[] = {{.name = "due", .holds = block, .inside = kDeadline}};
constexpr Field kMiner[] = {{.name = "info", .holds = block, .inside = kMinerInfo},
                            {.name = "pre_commit_deposits"},
                            {.name = "locked_funds"},
                            {.name = "vesting_funds", .holds = block},
                            {.name = "fee_debt"},
                            {.name = "initial_pledge"},
                            {.name = "pre_committed_sectors", .holds = map, .key = Key::number, .inside = kPreCommit},
                            {.name = "pre_committed_sectors_cleanup", .holds = array, .width = 6},
                            {.name = "allocated_sectors", .holds = block},
                            {.name = "sectors", .holds = array, .width = 5, .inside = kSector},
                            {.name = "proving_period_start"},
                            {.name = "current_deadline"},
                            {.name = "deadlines", .holds = block, .inside = kDeadlines},
                            {.name = "early_terminations"},
                            {.name = "deadline_cron_active"}};

constexpr Field kProposal[] = {{.name = "piece_cid"},
                               {.name = "piece_size"},
                               {.name = "verified_deal"},
                               {.name = "client"},
                               {.name = "provider"},
                               {.name = "label"},
                               {.name = "start_epoch"},
                               {.name = "end_epoch"},
                               {.name = "storage_price_per_epoch"},
                               {.name = "provider_collateral"},
                               {.name = "client_collateral"}};
constexpr Field kDealState[] = {
    {.name = "sector_number"}, {.name = "sector_start_epoch"}, {.name = "last_updated_epoch"}, {.name = "slash_epoch"}};
constexpr Field kMarket[] = {{.name = "proposals", .holds = array, .width = 5, .inside = kProposal},
                             {.name = "states", .holds = array, .width = 6, .inside = kDealState},
                             {.name = "pending_proposals", .holds = map},
                             {.name = "escrow_table", .holds = map, .width = 6, .key = Key::address},
                             {.name = "locked_table", .holds = map, .width = 6, .key = Key::address},
                             {.name = "next_id"},
                             {.name = "deal_ops_by_epoch", .holds = map_of_maps, .key = Key::epoch},
                             {.name = "last_cron"},
                             {.name = "total_client_locked_collateral"},
                             {.name = "total_provider_locked_collateral"},
                             {.name = "total_client_storage_fee"},
                             {.name = "pending_deal_allocation_ids", .holds = map, .key = Key::number},
                             {.name = "provider_sectors", .holds = map_of_maps, .key = Key::number}};

constexpr Field kRegistryClaim[] = {{.name = "provider"},   {.name = "client"},   {.name = "data"},
                                    {.name = "size"},       {.name = "term_min"}, {.name = "term_max"},
                                    {.name = "term_start"}, {.name = "sector"}};
constexpr Field kAllocation[] = {{.name = "client"},   {.name = "provider"}, {.name = "data"},      {.name = "size"},
                                 {.name = "term_min"}, {.name = "term_max"}, {.name = "expiration"}};
constexpr Field kRegistry[] = {{.name = "root_key"},
                               {.name = "verifiers", .holds = map, .key = Key::address},
                               {.name = "remove_data_cap_proposal_ids", .holds = map},
                               {.name = "allocations", .holds = map_of_maps, .key = Key::number, .inside = kAllocation},
                               {.name = "next_allocation_id"},
                               {.name = "claims", .holds = map_of_maps, .key = Key::number, .inside = kRegistryClaim}};
constexpr Field kToken[] = {{.name = "supply"},
                            {.name = "balances", .holds = map, .key = Key::number},
                            {.name = "allowances", .holds = map_of_maps, .key = Key::number},
                            {.name = "hamt_bit_width"}};
constexpr Field kDatacap[] = {{.name = "governor"}, {.name = "token", .inside = kToken}};

constexpr Field kTransaction[] = {
    {.name = "to"}, {.name = "value"}, {.name = "method"}, {.name = "params"}, {.name = "approved"}};
constexpr Field kMultisig[] = {{.name = "signers"},
                               {.name = "threshold"},
                               {.name = "next_txn_id"},
                               {.name = "initial_balance"},
                               {.name = "start_epoch"},
                               {.name = "unlock_duration"},
                               {.name = "pending_txns", .holds = map, .key = Key::epoch, .inside = kTransaction}};
constexpr Field kLane[] = {{.name = "redeemed"}, {.name = "nonce"}};
constexpr Field kChannel[] = {{.name = "from"},
                              {.name = "to"},
                              {.name = "to_send"},
                              {.name = "settling_at"},
                              {.name = "min_settle_height"},
                              {.name = "lane_states", .holds = array, .width = 3, .inside = kLane}};
constexpr Field kTransient[] = {{.name = "state", .holds = word_map}, {.name = "life"}};
constexpr Field kContract[] = {{.name = "bytecode"},
                               {.name = "bytecode_hash"},
                               {.name = "contract_state", .holds = word_map},
                               {.name = "transient", .inside = kTransient},
                               {.name = "nonce"},
                               {.name = "tombstone"}};

}  // namespace

std::span<const Field> state_fields(vm::ActorType type) {
    switch (type) {
        case vm::ActorType::system:
            return kSystem;
        case vm::ActorType::init:
            return kInit;
        case vm::ActorType::cron:
            return kCron;
        case vm::ActorType::account:
            return kAccount;
        case vm::ActorType::power:
            return kPower;
        case vm::ActorType::miner:
            return kMiner;
        case vm::ActorType::market:
            return kMarket;
        case vm::ActorType::payment_channel:
            return kChannel;
        case vm::ActorType::multisig:
            return kMultisig;
        case vm::ActorType::reward:
            return kReward;
        case vm::ActorType::verified_registry:
            return kRegistry;
        case vm::ActorType::datacap:
            return kDatacap;
        case vm::ActorType::evm:
            return kContract;
        case vm::ActorType::none:
        case vm::ActorType::placeholder:
        case vm::ActorType::eam:
        case vm::ActorType::ethaccount:
            return {};
    }
    return {};
}

}  // namespace strata::differential
