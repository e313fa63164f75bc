#include <strata/chain/genesis/template.hpp>
#include <strata/chain/network.hpp>
#include <strata/wallet/wallet.hpp>

#include "target.hpp"

// A description of a network, a genesis template or a private key is read or refused; a key that is read is written to
// strings that are read as the same key.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace strata;
    const auto text = as_text({data, size});
    if (const auto network = chain::parse_network(text)) STRATA_CHECK(network->policy != nullptr);
    static_cast<void>(chain::parse_genesis_template(text).has_value());
    if (const auto key = wallet::parse_key(text)) {
        STRATA_CHECK(gives(wallet::parse_key(wallet::to_json(*key)), *key));
        STRATA_CHECK(gives(wallet::parse_key(wallet::to_hex_lotus(*key)), *key));
        static_cast<void>(wallet::address_of(*key).has_value());
    }
    return 0;
}
