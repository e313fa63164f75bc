#pragma once
// The numbers of a miner's methods that are called by number.
#include <strata/types/basic.hpp>

namespace strata::actors::miner {

/// Source: builtin-actors v18 actors/miner/src/lib.rs.
enum MinerMethod : MethodNumber {
    kControlAddresses = 2,
    kChangeWorkerAddress = 3,
    kChangePeerId = 4,
    kSubmitWindowedPost = 5,
    kTerminateSectors = 9,
    kDeclareFaults = 10,
    kDeclareFaultsRecovered = 11,
    kCheckSectorProven = 13,
    kApplyRewards = 14,
    kReportConsensusFault = 15,
    kMinerWithdrawBalance = 16,
    kInternalSectorSetupForPreseal = 17,
    kChangeMultiaddrs = 18,
    kCompactPartitions = 19,
    kCompactSectorNumbers = 20,
    kConfirmChangeWorkerAddress = 21,
    kRepayDebt = 22,
    kChangeOwnerAddress = 23,
    kDisputeWindowedPost = 24,
    kPreCommitSectorBatch2 = 28,
    kChangeBeneficiary = 30,
    kGetBeneficiary = 31,
    kExtendSectorExpiration2 = 32,
    kProveCommitSectors3 = 34,
    kProveReplicaUpdates3 = 35,
    kProveCommitSectorsNi = 36,
};

}  // namespace strata::actors::miner
