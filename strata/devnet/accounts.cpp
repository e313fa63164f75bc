#include <strata/devnet/accounts.hpp>

namespace strata::devnet {
namespace {

// Balances at genesis, in FIL. Providers pay pledges and gas from theirs.
constexpr std::int64_t kProviderFunds = 5'000'000;
constexpr std::int64_t kClientFunds = 10'000;
constexpr std::int64_t kFaucetFunds = 50'000'000;

Account make(const crypto::SeededRandom& seed, std::string name, wallet::KeyType type, std::int64_t funds) {
    auto random = seed.fork("account/" + name);
    Account out{std::move(name), wallet::generate_key(type, random), {}, fil(funds)};
    const auto address = wallet::address_of(out.key);
    STRATA_CHECK(address.has_value());
    out.address = *address;
    return out;
}

}  // namespace

Accounts make_accounts(std::string_view seed) {
    const crypto::SeededRandom random(as_bytes(seed));
    using enum wallet::KeyType;
    Accounts out;
    // A provider's worker makes tickets, which are BLS signatures, so its key must be a BLS key.
    for (std::size_t i = 0; i < kProviders; ++i)
        out.providers.push_back(make(random, "provider " + std::to_string(i + 1), bls, kProviderFunds));
    out.client = make(random, "client", secp256k1, kClientFunds);
    out.faucet = make(random, "faucet", secp256k1, kFaucetFunds);
    out.verifier = make(random, "verifier", secp256k1, 0);
    out.reserve = make(random, "reserve", secp256k1, 0);
    return out;
}

}  // namespace strata::devnet
