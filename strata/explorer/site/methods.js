// The names of the methods of the built-in actors, by the actor's kind. Made from strata/api/method_shapes.inc, with which
// tests/explorer.py compares it.

const kNames = {
  account: {1: 'Constructor', 2: 'PubkeyAddress', 2643134072: 'AuthenticateMessage'},
  cron: {2: 'EpochTick'},
  datacap: {1: 'Constructor', 48890204: 'NameExported', 80475954: 'TransferExported',
    114981429: 'TotalSupplyExported', 116935346: 'MintExported', 1434719642: 'BurnExported',
    1529376545: 'DecreaseAllowanceExported', 1777121560: 'IncreaseAllowanceExported', 2061153854: 'SymbolExported',
    2624896501: 'DestroyExported', 2765635761: 'RevokeAllowanceExported', 2979674018: 'BurnFromExported',
    3261979605: 'BalanceExported', 3621052141: 'TransferFromExported', 3936767397: 'GranularityExported',
    4205072950: 'AllowanceExported'},
  eam: {1: 'Constructor', 2: 'Create', 3: 'Create2', 4: 'CreateExternal'},
  ethaccount: {1: 'Constructor'},
  evm: {1: 'Constructor', 2: 'Resurrect', 3: 'GetBytecode', 4: 'GetBytecodeHash', 5: 'GetStorageAt',
    6: 'InvokeContractDelegate', 3844450837: 'InvokeContract'},
  init: {1: 'Constructor', 2: 'Exec', 3: 'Exec4'},
  multisig: {1: 'Constructor', 2: 'Propose', 3: 'Approve', 4: 'Cancel', 5: 'AddSigner', 6: 'RemoveSigner',
    7: 'SwapSigner', 8: 'ChangeNumApprovalsThreshold', 9: 'LockBalance', 21182899: 'RemoveSignerExported',
    1289044053: 'ApproveExported', 1696838335: 'ProposeExported', 1999470977: 'LockBalanceExported',
    3028530033: 'AddSignerExported', 3365893656: 'CancelExported',
    3375931653: 'ChangeNumApprovalsThresholdExported', 3726118371: 'UniversalReceiverHook',
    3968117037: 'SwapSignerExported'},
  paymentchannel: {1: 'Constructor', 2: 'UpdateChannelState', 3: 'Settle', 4: 'Collect'},
  reward: {1: 'Constructor', 2: 'AwardBlockReward', 3: 'ThisEpochReward', 4: 'UpdateNetworkKPI'},
  storagemarket: {1: 'Constructor', 2: 'AddBalance', 3: 'WithdrawBalance', 4: 'PublishStorageDeals',
    5: 'VerifyDealsForActivation', 6: 'BatchActivateDeals', 7: 'OnMinerSectorsTerminate', 9: 'CronTick',
    46363526: 'GetDealLabelExported', 128053329: 'GetDealClientExported', 163777312: 'GetDealTermExported',
    200567895: 'GetDealClientCollateralExported', 726108461: 'GetBalanceExported', 822473126: 'AddBalanceExported',
    935081690: 'GetDealProviderExported', 1157985802: 'GetDealDataCommitmentExported',
    1900091594: 'SettleDealPaymentsExported', 2034386435: 'SectorContentChanged',
    2236929350: 'PublishStorageDealsExported', 2280458852: 'WithdrawBalanceExported',
    2567238399: 'GetDealActivationExported', 2611213344: 'GetDealSectorExported',
    2627389465: 'GetDealVerifiedExported', 2986712137: 'GetDealProviderCollateralExported',
    4287162428: 'GetDealTotalPriceExported'},
  storageminer: {1: 'Constructor', 2: 'ControlAddresses', 3: 'ChangeWorkerAddress', 4: 'ChangePeerID',
    5: 'SubmitWindowedPoSt', 6: 'PreCommitSector', 7: 'ProveCommitSector', 8: 'ExtendSectorExpiration',
    9: 'TerminateSectors', 10: 'DeclareFaults', 11: 'DeclareFaultsRecovered', 12: 'OnDeferredCronEvent',
    13: 'CheckSectorProven', 14: 'ApplyRewards', 15: 'ReportConsensusFault', 16: 'WithdrawBalance',
    17: 'InternalSectorSetupForPreseal', 18: 'ChangeMultiaddrs', 19: 'CompactPartitions',
    20: 'CompactSectorNumbers', 21: 'ConfirmChangeWorkerAddress', 22: 'RepayDebt', 23: 'ChangeOwnerAddress',
    24: 'DisputeWindowedPoSt', 25: 'PreCommitSectorBatch', 26: 'ProveCommitAggregate', 27: 'ProveReplicaUpdates',
    28: 'PreCommitSectorBatch2', 29: 'ProveReplicaUpdates2', 30: 'ChangeBeneficiary', 31: 'GetBeneficiary',
    32: 'ExtendSectorExpiration2', 34: 'ProveCommitSectors3', 35: 'ProveReplicaUpdates3',
    36: 'ProveCommitSectorsNI', 348244887: 'IsControllingAddressExported',
    1010589339: 'ChangeOwnerAddressExported', 1063480576: 'ChangeMultiaddrsExported',
    1236548004: 'ChangePeerIDExported', 1321604665: 'GenerateSectorLocationExported',
    1332909407: 'GetMultiaddrsExported', 1570634796: 'ChangeBeneficiaryExported',
    1726876304: 'GetVestingFundsExported', 2280458852: 'WithdrawBalanceExported',
    2354970453: 'ConfirmChangeWorkerAddressExported', 2812875329: 'GetPeerIDExported',
    3010055991: 'GetNominalSectorExpirationExported', 3092458564: 'ValidateSectorStatusExported',
    3180523767: 'InitialPledgeExported', 3275365574: 'GetOwnerExported', 3302309124: 'ChangeWorkerAddressExported',
    3665352697: 'RepayDebtExported', 3858292296: 'GetSectorSizeExported',
    4026106874: 'GetAvailableBalanceExported', 4127382196: 'MaxTerminationFeeExported',
    4158972569: 'GetBeneficiaryExported'},
  storagepower: {1: 'Constructor', 2: 'CreateMiner', 3: 'UpdateClaimedPower', 4: 'EnrollCronEvent', 5: 'CronTick',
    6: 'UpdatePledgeTotal', 8: 'SubmitPoRepForBulkVerify', 9: 'CurrentTotalPower',
    196739875: 'MinerConsensusCountExported', 931722534: 'NetworkRawPowerExported',
    1173380165: 'CreateMinerExported', 1987646258: 'MinerCountExported', 3753401894: 'MinerRawPowerExported'},
  system: {1: 'Constructor'},
  verifiedregistry: {1: 'Constructor', 2: 'AddVerifier', 3: 'RemoveVerifier', 4: 'AddVerifiedClient',
    7: 'RemoveVerifiedClientDataCap', 8: 'RemoveExpiredAllocations', 9: 'ClaimAllocations', 10: 'GetClaims',
    11: 'ExtendClaimTerms', 12: 'RemoveExpiredClaims', 1752273514: 'ExtendClaimTermsExported',
    2199871187: 'GetClaimsExported', 2421068268: 'RemoveExpiredAllocationsExported',
    2873373899: 'RemoveExpiredClaimsExported', 3726118371: 'UniversalReceiverHook',
    3916220144: 'AddVerifiedClientExported'},
};

/// The name of a method, such as "ProveCommitSectors3 (34)"; the number alone if the name is not known.
export function method_name(number, actor = '') {
  if (number === 0) return 'Send';
  if (number === 1) return 'Constructor';
  const name = kNames[actor]?.[number];
  return name ? name.replace(/Exported$/, '') : `method ${number}`;
}

/// The kind of an actor for people.
export const kind_words = {
  account: 'account', cron: 'cron', datacap: 'data cap', eam: 'Ethereum address manager', ethaccount: 'Ethereum account',
  evm: 'contract', init: 'init', multisig: 'multisig wallet', paymentchannel: 'payment channel', placeholder: 'placeholder',
  reward: 'reward', storagemarket: 'storage market', storageminer: 'storage provider', storagepower: 'storage power',
  system: 'system', verifiedregistry: 'verified registry',
};
