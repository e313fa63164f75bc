#pragma once
// Sends notifications about new data in sectors to the actors that the pieces name.
// Source: docs/protocol/fvm.md §8.8; builtin-actors v18 actors/miner/src/notifications.rs; FIP-0076.
#include <strata/actors/miner/messages.hpp>
#include <strata/actors/runtime.hpp>

namespace strata::actors::miner {

inline constexpr ExitCode kNotificationSendFailed{1001};
inline constexpr ExitCode kNotificationReceiverAborted{1002};
inline constexpr ExitCode kNotificationResponseInvalid{1003};
inline constexpr ExitCode kNotificationRejected{1004};

struct ActivationNotifications {
    SectorNumber sector_number = 0;
    ChainEpoch sector_expiration = 0;
    const std::vector<PieceActivationManifest>* pieces = nullptr;
};

/// Sends one message to each receiver, with all sectors and pieces that name this receiver. The answer of a receiver
/// matters only if `require_success` is set.
Done notify_data_consumers(Runtime& rt, const std::vector<ActivationNotifications>& activations, bool require_success);

}  // namespace strata::actors::miner
