// Answers methods about a wallet whose keys are encrypted. Lotus has none; the names, parameters and permissions are
// those of Venus' local wallet (LockWallet, UnLockWallet, SetPassword, HasPassword, WalletState).
#include <nlohmann/json.hpp>

#include <strata/api/method_table.hpp>
#include <strata/crypto/secret_seal.hpp>
#include <strata/wallet/wallet.hpp>

namespace strata::api {
namespace {

// Venus' states of a wallet: undefined, locked, unlocked (venus pkg/wallet). One without a passphrase is
// unlocked.
constexpr int kLocked = 1, kUnlocked = 2;

Result<Json> has_passphrase(Context& context) {
    STRATA_TRY(auto* const wallet, context.sender.wallet());
    STRATA_TRY(const bool encrypted, wallet->is_encrypted());
    return Json(encrypted);
}

Result<Json> state(Context& context) {
    STRATA_TRY(auto* const wallet, context.sender.wallet());
    STRATA_TRY(const bool locked, wallet->is_locked());
    return Json(locked ? kLocked : kUnlocked);
}

Result<Json> set_passphrase(Context& context, const std::string& passphrase) {
    STRATA_TRY(auto* const wallet, context.sender.wallet());
    STRATA_OK(wallet->encrypt(passphrase));
    return Json();
}

Result<Json> unlock(Context& context, const std::string& passphrase) {
    STRATA_TRY(auto* const wallet, context.sender.wallet());
    STRATA_OK(wallet->unlock(passphrase));
    return Json();
}

Result<Json> lock(Context& context) {
    STRATA_TRY(auto* const wallet, context.sender.wallet());
    STRATA_TRY(const bool encrypted, wallet->is_encrypted());
    if (!encrypted)
        return fail(Errc::invalid_argument,
                    "the wallet is not encrypted, so it cannot be locked; strata wallet "
                    "encrypt chooses a passphrase");
    wallet->lock();
    return Json();
}

/// Ours: Venus cannot change a passphrase.
Result<Json> change_passphrase(Context& context, const std::string& present, const std::string& next) {
    STRATA_TRY(auto* const wallet, context.sender.wallet());
    STRATA_OK(wallet->change_passphrase(present, next));
    return Json();
}

}  // namespace

void add_wallet_lock_methods(MethodTable& table) {
    table.add("HasPassword", has_passphrase);
    table.add("WalletState", state);
    table.add("LockWallet", lock);
    // Work on a passphrase takes 256 MiB and most of a second.
    table.add("SetPassword", set_passphrase, Cost::slow);
    table.add("UnLockWallet", unlock, Cost::slow);
    table.add("ChangePassword", change_passphrase, Cost::slow);
}

}  // namespace strata::api
