// The permission of each method is that of the struct tags of Lotus' API.
#include <strata/api/permissions.hpp>

#include <algorithm>
#include <array>

namespace strata::api {
namespace {

// Source: lotus v1.36.2 api/proxy_gen.go and api/v0api/proxy_gen.go (`perm` tags). The lists are sorted.
constexpr auto kRead = std::to_array<std::string_view>({
    "AuthVerify", "BeaconGetEntry", "ChainBlockstoreInfo", "ChainExport", "ChainGetBlock",
    "ChainGetBlockMessages", "ChainGetEvents", "ChainGetFinalizedTipSet", "ChainGetGenesis", "ChainGetMessage",
    "ChainGetMessagesInTipset", "ChainGetNode", "ChainGetParentMessages", "ChainGetParentReceipts",
    "ChainGetPath", "ChainGetRandomnessFromBeacon", "ChainGetRandomnessFromTickets", "ChainGetTipSet",
    "ChainGetTipSetAfterHeight", "ChainGetTipSetByHeight", "ChainHasObj", "ChainHead", "ChainNotify",
    "ChainReadObj", "ChainStatObj", "ChainTipSetWeight", "Closing", "Discover", "EthAccounts",
    "EthAddressToFilecoinAddress", "EthBaseFee", "EthBlockNumber", "EthCall", "EthChainId", "EthEstimateGas",
    "EthFeeHistory", "EthGasPrice", "EthGetBalance", "EthGetBlockByHash", "EthGetBlockByNumber",
    "EthGetBlockReceipts", "EthGetBlockReceiptsLimited", "EthGetBlockTransactionCountByHash",
    "EthGetBlockTransactionCountByNumber", "EthGetCode", "EthGetFilterChanges", "EthGetFilterLogs",
    "EthGetLogs", "EthGetMessageCidByTransactionHash", "EthGetStorageAt",
    "EthGetTransactionByBlockHashAndIndex", "EthGetTransactionByBlockNumberAndIndex", "EthGetTransactionByHash",
    "EthGetTransactionByHashLimited", "EthGetTransactionCount", "EthGetTransactionHashByCid",
    "EthGetTransactionReceipt", "EthGetTransactionReceiptLimited", "EthMaxPriorityFeePerGas",
    "EthNewBlockFilter", "EthNewFilter", "EthNewPendingTransactionFilter", "EthProtocolVersion",
    "EthSendRawTransaction", "EthSendRawTransactionUntrusted", "EthSubscribe", "EthSyncing", "EthTraceBlock",
    "EthTraceFilter", "EthTraceReplayBlockTransactions", "EthTraceTransaction", "EthUninstallFilter",
    "EthUnsubscribe", "F3GetCertificate", "F3GetECPowerTable", "F3GetF3PowerTable", "F3GetLatestCertificate",
    "F3GetManifest", "F3GetPowerTableByInstance", "F3GetProgress", "F3IsRunning", "F3ListParticipants",
    "FilecoinAddressToEthAddress", "GasEstimateFeeCap", "GasEstimateGasLimit", "GasEstimateGasPremium",
    "GasEstimateMessageGas", "GetActorEventsRaw", "ID", "MinerGetBaseInfo", "MpoolCheckMessages",
    "MpoolCheckPendingMessages", "MpoolCheckReplaceMessages", "MpoolGetConfig", "MpoolGetNonce", "MpoolPending",
    "MpoolSelect", "MpoolSub", "MsigGetAvailableBalance", "MsigGetPending", "MsigGetVested",
    "MsigGetVestingSchedule", "NetAddrsListen", "NetAgentVersion", "NetAutoNatStatus", "NetBandwidthStats",
    "NetBandwidthStatsByPeer", "NetBandwidthStatsByProtocol", "NetBlockList", "NetConnectedness", "NetFindPeer",
    "NetLimit", "NetListening", "NetPeerInfo", "NetPeers", "NetPing", "NetProtectList", "NetPubsubScores",
    "NetStat", "NetVersion", "NodeStatus", "PaychList", "PaychStatus", "PaychVoucherCheckSpendable",
    "PaychVoucherCheckValid", "Session", "StartTime", "StateAccountKey", "StateActorCodeCIDs",
    "StateActorManifestCID", "StateAllMinerFaults", "StateCall", "StateChangedActors", "StateCirculatingSupply",
    "StateCompute", "StateComputeDataCID", "StateDealProviderCollateralBounds", "StateDecodeParams",
    "StateEncodeParams", "StateGetActor", "StateGetAllAllocations", "StateGetAllClaims", "StateGetAllocation",
    "StateGetAllocationForPendingDeal", "StateGetAllocationIdForPendingDeal", "StateGetAllocations",
    "StateGetBeaconEntry", "StateGetClaim", "StateGetClaims", "StateGetNetworkParams",
    "StateGetRandomnessDigestFromBeacon", "StateGetRandomnessDigestFromTickets", "StateGetRandomnessFromBeacon",
    "StateGetRandomnessFromTickets", "StateGetReceipt", "StateListActors", "StateListMessages",
    "StateListMiners", "StateLookupID", "StateLookupRobustAddress", "StateMarketBalance", "StateMarketDeals",
    "StateMarketParticipants", "StateMarketProposalPending", "StateMarketStorageDeal",
    "StateMinerActiveSectors", "StateMinerAllocated", "StateMinerAvailableBalance", "StateMinerCreationDeposit",
    "StateMinerDeadlines", "StateMinerFaults", "StateMinerInfo", "StateMinerInitialPledgeCollateral",
    "StateMinerInitialPledgeForSector", "StateMinerPartitions", "StateMinerPower",
    "StateMinerPreCommitDepositForPower", "StateMinerProvingDeadline", "StateMinerRecoveries",
    "StateMinerSectorAllocated", "StateMinerSectorCount", "StateMinerSectors", "StateNetworkName",
    "StateNetworkVersion", "StateReadState", "StateReplay", "StateSearchMsg", "StateSearchMsgLimited",
    "StateSectorExpiration", "StateSectorGetInfo", "StateSectorPartition", "StateSectorPreCommitInfo",
    "StateVMCirculatingSupplyInternal", "StateVerifiedClientStatus", "StateVerifiedRegistryRootKey",
    "StateVerifierStatus", "StateWaitMsg", "StateWaitMsgLimited", "SubscribeActorEventsRaw", "SyncCheckBad",
    "SyncIncomingBlocks", "SyncState", "SyncValidateTipset", "Version", "WalletBalance",
    "WalletValidateAddress", "WalletVerify", "Web3ClientVersion"});
constexpr auto kWrite = std::to_array<std::string_view>({
    "ChainValidateIndex", "LogList", "LogSetLevel", "MinerCreateBlock", "MpoolBatchPush",
    "MpoolBatchPushUntrusted", "MpoolClear", "MpoolPush", "MpoolPushUntrusted", "NetConnect", "NetDisconnect",
    "PaychVoucherAdd", "PaychVoucherList", "SyncSubmitBlock", "WalletDefaultAddress", "WalletHas", "WalletList",
    "WalletNew", "WalletSetDefault"});
constexpr auto kSign = std::to_array<std::string_view>({
    "F3GetOrRenewParticipationTicket", "F3Participate", "MarketAddBalance", "MarketGetReserved",
    "MarketReleaseFunds", "MarketReserveFunds", "MarketWithdraw", "MpoolBatchPushMessage", "MpoolPushMessage",
    "MsigAddApprove", "MsigAddCancel", "MsigAddPropose", "MsigApprove", "MsigApproveTxnHash", "MsigCancel",
    "MsigCancelTxnHash", "MsigCreate", "MsigPropose", "MsigRemoveSigner", "MsigSwapApprove", "MsigSwapCancel",
    "MsigSwapPropose", "PaychAllocateLane", "PaychAvailableFunds", "PaychAvailableFundsByFromTo",
    "PaychCollect", "PaychFund", "PaychGet", "PaychGetWaitReady", "PaychNewPayment", "PaychSettle",
    "PaychVoucherCreate", "PaychVoucherSubmit", "WalletSign", "WalletSignMessage"});
constexpr auto kAdmin = std::to_array<std::string_view>({
    "AuthNew", "ChainCheckBlockstore", "ChainDeleteObj", "ChainExportRangeInternal", "ChainHotGC", "ChainPrune",
    "ChainPutObj", "ChainSetHead", "CreateBackup", "LogAlerts", "MpoolSetConfig", "NetBlockAdd",
    "NetBlockRemove", "NetProtectAdd", "NetProtectRemove", "NetSetLimit", "Shutdown", "SyncCheckpoint",
    "SyncMarkBad", "SyncUnmarkAllBad", "SyncUnmarkBad", "WalletDelete", "WalletExport", "WalletImport"});

static_assert(std::ranges::is_sorted(kRead) && std::ranges::is_sorted(kWrite) && std::ranges::is_sorted(kSign) &&
              std::ranges::is_sorted(kAdmin));

}  // namespace

std::string_view permission_name(Permission permission) {
    switch (permission) {
        case Permission::read:
            return "read";
        case Permission::write:
            return "write";
        case Permission::sign:
            return "sign";
        case Permission::admin:
            break;
    }
    return "admin";
}

std::optional<Permission> parse_permission(std::string_view name) {
    for (const auto permission : kPermissions)
        if (permission_name(permission) == name) return permission;
    return std::nullopt;
}

std::optional<Permission> permission_of(std::string_view method) {
    if (std::ranges::binary_search(kRead, method)) return Permission::read;
    if (std::ranges::binary_search(kWrite, method)) return Permission::write;
    if (std::ranges::binary_search(kSign, method)) return Permission::sign;
    if (std::ranges::binary_search(kAdmin, method)) return Permission::admin;
    return std::nullopt;
}

}  // namespace strata::api
