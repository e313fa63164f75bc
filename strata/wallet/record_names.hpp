#pragma once
// The names of a wallet's records (docs/formats/wallet.md), also for those who only count them, as a backup does.
#include <string_view>

namespace strata::wallet {

inline constexpr std::string_view kKeyRecords = "wallet/key/";      // and the key's address
inline constexpr std::string_view kTrashRecords = "wallet/trash/";  // of keys that were deleted
inline constexpr std::string_view kSealRecord = "wallet/seal";      // there if the keys are encrypted

}  // namespace strata::wallet
