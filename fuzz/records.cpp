// Reads every type of CBOR record that outsiders send (messages, blocks, parameters of actors) or that is on a disk
// (states of actors, records of ours). A record that decodes has one encoding, which is no longer than the input and
// decodes to the same. (Numbers with leading zeros are read, as by Lotus and the reference VM, and written without
// them.)
#include <strata/actors/account/state.hpp>
#include <strata/actors/batch_return.hpp>
#include <strata/actors/cron/state.hpp>
#include <strata/actors/datacap/token.hpp>
#include <strata/actors/datacap/types.hpp>
#include <strata/actors/eam/types.hpp>
#include <strata/actors/init/types.hpp>
#include <strata/actors/market/state.hpp>
#include <strata/actors/market/types.hpp>
#include <strata/actors/math/smoothing.hpp>
#include <strata/actors/miner/deadline.hpp>
#include <strata/actors/miner/messages.hpp>
#include <strata/actors/miner/partition.hpp>
#include <strata/actors/miner/proving_messages.hpp>
#include <strata/actors/miner/state.hpp>
#include <strata/actors/miner/types.hpp>
#include <strata/actors/miner/vesting.hpp>
#include <strata/actors/multisig/state.hpp>
#include <strata/actors/paych/state.hpp>
#include <strata/actors/power/state.hpp>
#include <strata/actors/receiver_hook.hpp>
#include <strata/actors/reward/queued_call.hpp>
#include <strata/actors/system/state.hpp>
#include <strata/actors/verifreg/messages.hpp>
#include <strata/actors/verifreg/state.hpp>
#include <strata/actors/verifreg/types.hpp>
#include <strata/chain/state_manager.hpp>
#include <strata/provider/deadline_records.hpp>
#include <strata/provider/sector_prover.hpp>
#include <strata/provider/sector_record.hpp>
#include <strata/types/block_header.hpp>
#include <strata/types/message.hpp>
#include <strata/types/sector.hpp>
#include <strata/vm/call_manager.hpp>
#include <strata/vm/kernel.hpp>
#include <strata/vm/state_tree.hpp>
#include <strata/wallet/wallet.hpp>

#include "target.hpp"

namespace {

using namespace strata;

template <class T>
void check_one(BytesView input) {
    const auto value = from_cbor<T>(input);
    if (!value) return;
    const auto block = to_cbor(*value);
    const auto again = from_cbor<T>(block);
    STRATA_CHECK(block.size() <= input.size() && again.has_value() && to_cbor(*again) == block);
}

template <class... T>
void check_all(BytesView input) {
    (check_one<T>(input), ...);
}

void check_chain_types(BytesView input) {
    check_all<strata::Ticket, strata::ElectionProof, strata::BeaconEntry, strata::BlockHeader, strata::BlockMsg,
              strata::Message, strata::Receipt, strata::SectorId, strata::PieceInfo, strata::PoStProof,
              strata::PoStSectorInfo, strata::SealVerifyInfo, strata::AggregateSealVerifyInfo,
              strata::AggregateSealVerifyProofs, strata::WindowPoStVerifyInfo, strata::ReplicaUpdateInfo,
              strata::SignedMessage, strata::MsgMeta>(input);
}

void check_actors(BytesView input) {
    check_all<actors::FailCode, actors::BatchReturn, actors::FilterEstimate, actors::UniversalReceiverParams>(input);
}

void check_account(BytesView input) {
    check_all<actors::account::State, actors::account::AuthenticateMessageParams>(input);
}

void check_cron(BytesView input) {
    check_all<actors::cron::Entry, actors::cron::State>(input);
}

void check_datacap(BytesView input) {
    check_all<actors::datacap::TokenState, actors::datacap::State, actors::datacap::MintParams,
              actors::datacap::MintReturn, actors::datacap::OwnerAmount, actors::datacap::BurnParams,
              actors::datacap::BurnReturn, actors::datacap::BurnFromReturn, actors::datacap::TransferParams,
              actors::datacap::TransferReturn, actors::datacap::TransferFromParams, actors::datacap::TransferFromReturn,
              actors::datacap::ChangeAllowanceParams, actors::datacap::RevokeAllowanceParams,
              actors::datacap::GetAllowanceParams, actors::datacap::TokenReceived>(input);
}

void check_eam(BytesView input) {
    check_all<actors::eam::CreateParams, actors::eam::Create2Params, actors::eam::CreateReturn,
              actors::eam::ContractParams>(input);
}

void check_init(BytesView input) {
    check_all<actors::init::ExecParams, actors::init::Exec4Params, actors::init::ExecReturn>(input);
}

void check_market(BytesView input) {
    check_all<actors::market::State, actors::market::State19, actors::market::DealProposal,
              actors::market::ClientDealProposal, actors::market::DealState, actors::market::WithdrawBalanceParams,
              actors::market::GetBalanceReturn, actors::market::PublishStorageDealsParams,
              actors::market::PublishStorageDealsReturn, actors::market::MarketNotifyDealParams,
              actors::market::SectorDeals, actors::market::VerifyDealsForActivationParams,
              actors::market::VerifyDealsForActivationReturn, actors::market::BatchActivateDealsParams,
              actors::market::ActivatedDeal, actors::market::SectorDealActivation,
              actors::market::BatchActivateDealsReturn, actors::market::OnMinerSectorsTerminateParams,
              actors::market::DealSettlementSummary, actors::market::SettleDealPaymentsReturn,
              actors::market::PieceChange, actors::market::SectorChanges, actors::market::PieceReturn,
              actors::market::DealDataCommitment, actors::market::DealTerm, actors::market::DealActivation>(input);
}

void check_miner(BytesView input) {
    check_all<
        actors::miner::WindowedPoSt, actors::miner::Deadline, actors::miner::Deadlines,
        actors::miner::ChangeWorkerAddressParams, actors::miner::ChangePeerIdParams,
        actors::miner::ChangeMultiaddrsParams, actors::miner::ChangeBeneficiaryParams, actors::miner::ActiveBeneficiary,
        actors::miner::GetBeneficiaryReturn, actors::miner::GetOwnerReturn, actors::miner::GetVestingFundsReturn,
        actors::miner::GetPeerIdReturn, actors::miner::GetMultiaddrsReturn, actors::miner::MaxTerminationFeeParams,
        actors::miner::PreCommitSectorBatchParams2, actors::miner::InternalSectorSetupForPresealParams,
        actors::miner::VerifiedAllocationKey, actors::miner::DataActivationNotification,
        actors::miner::PieceActivationManifest, actors::miner::SectorActivationManifest,
        actors::miner::ProveCommitSectors3Params, actors::miner::SectorNiActivationInfo,
        actors::miner::ProveCommitSectorsNiParams, actors::miner::SectorUpdateManifest,
        actors::miner::ProveReplicaUpdates3Params, actors::miner::SectorClaim, actors::miner::ExpirationExtension2,
        actors::miner::ExtendSectorExpiration2Params, actors::miner::SectorLocation,
        actors::miner::GenerateSectorLocationParams, actors::miner::GenerateSectorLocationReturn,
        actors::miner::ValidateSectorStatusParams, actors::miner::Partition, actors::miner::PoStPartition,
        actors::miner::SubmitWindowedPoStParams, actors::miner::DisputeWindowedPoStParams,
        actors::miner::SectorDeclaration, actors::miner::TerminateSectorsParams, actors::miner::TerminateSectorsReturn,
        actors::miner::DeclareFaultsParams, actors::miner::DeclareFaultsRecoveredParams,
        actors::miner::CompactPartitionsParams, actors::miner::CompactSectorNumbersParams,
        actors::miner::ReportConsensusFaultParams, actors::miner::CheckSectorProvenParams,
        actors::miner::WithdrawBalanceParams, actors::miner::ApplyRewardParams,
        actors::miner::GetControlAddressesReturn, actors::miner::State, actors::miner::PowerPair,
        actors::miner::CronEventPayload, actors::miner::WorkerKeyChange, actors::miner::BeneficiaryTerm,
        actors::miner::PendingBeneficiaryChange, actors::miner::MinerInfo, actors::miner::SectorPreCommitInfo,
        actors::miner::SectorPreCommitOnChainInfo, actors::miner::VestingFund, actors::miner::VestingFunds>(input);
}

void check_multisig(BytesView input) {
    check_all<actors::multisig::Transaction, actors::multisig::State, actors::multisig::ConstructorParams,
              actors::multisig::ProposeParams, actors::multisig::ProposeReturn, actors::multisig::TxnIdParams,
              actors::multisig::ApproveReturn, actors::multisig::AddSignerParams, actors::multisig::RemoveSignerParams,
              actors::multisig::SwapSignerParams, actors::multisig::ChangeThresholdParams,
              actors::multisig::LockBalanceParams>(input);
}

void check_paych(BytesView input) {
    check_all<actors::paych::LaneState, actors::paych::State, actors::paych::ConstructorParams,
              actors::paych::ModVerifyParams, actors::paych::Merge, actors::paych::SignedVoucher,
              actors::paych::UpdateChannelStateParams>(input);
}

void check_power(BytesView input) {
    check_all<actors::power::Claim, actors::power::CronEvent, actors::power::State, actors::power::CreateMinerParams,
              actors::power::CreateMinerReturn, actors::power::UpdateClaimedPowerParams,
              actors::power::EnrollCronEventParams, actors::power::CurrentTotalPowerReturn,
              actors::power::MinerRawPowerReturn, actors::power::MinerPowerReturn,
              actors::power::MinerConstructorParams, actors::power::DeferredCronEventParams>(input);
}

void check_reward(BytesView input) {
    check_all<actors::reward::State, actors::reward::AwardBlockRewardParams, actors::reward::ThisEpochRewardReturn,
              actors::reward::State19, actors::reward::StreamsState, actors::reward::SetWeights,
              actors::reward::RegisterStream, actors::reward::SetDistribution>(input);
}

void check_system(BytesView input) {
    check_all<actors::system::State>(input);
}

void check_verifreg(BytesView input) {
    check_all<actors::verifreg::VerifierParams, actors::verifreg::RemoveDataCapRequest,
              actors::verifreg::RemoveDataCapParams, actors::verifreg::RemoveDataCapReturn,
              actors::verifreg::RemovalProposalId, actors::verifreg::RemovalProposal,
              actors::verifreg::RemoveExpiredParams, actors::verifreg::RemoveExpiredAllocationsReturn,
              actors::verifreg::RemoveExpiredClaimsReturn, actors::verifreg::AllocationClaim,
              actors::verifreg::SectorAllocationClaims, actors::verifreg::ClaimAllocationsParams,
              actors::verifreg::ClaimAllocationsReturn, actors::verifreg::GetClaimsParams,
              actors::verifreg::GetClaimsReturn, actors::verifreg::ClaimTerm, actors::verifreg::ExtendClaimTermsParams,
              actors::verifreg::State, actors::verifreg::Claim, actors::verifreg::Allocation,
              actors::verifreg::AllocationRequest, actors::verifreg::ClaimExtensionRequest,
              actors::verifreg::AllocationRequests, actors::verifreg::AllocationsResponse>(input);
}

void check_chain(BytesView input) {
    check_all<chain::TipsetState>(input);
}

void check_provider(BytesView input) {
    check_all<provider::WindowRecord, provider::CheckRecord, provider::ProvingSector, provider::WindowProof,
              provider::PieceDeal, provider::SectorPiece, provider::SectorRecord>(input);
}

void check_vm(BytesView input) {
    check_all<vm::StampedEvent, vm::EventEntry, vm::ActorState, vm::InitState>(input);
}

void check_wallet(BytesView input) {
    check_all<wallet::PrivateKey>(input);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const BytesView input(data, size);
    check_chain_types(input);
    check_actors(input);
    check_account(input);
    check_cron(input);
    check_datacap(input);
    check_eam(input);
    check_init(input);
    check_market(input);
    check_miner(input);
    check_multisig(input);
    check_paych(input);
    check_power(input);
    check_reward(input);
    check_system(input);
    check_verifreg(input);
    check_chain(input);
    check_provider(input);
    check_vm(input);
    check_wallet(input);
    return 0;
}
