// Answers methods about addresses and signatures, without the node's own keys. Source: lotus node/impl/full/wallet.go.
#include <nlohmann/json.hpp>

#include <strata/api/method_table.hpp>
#include <strata/types/signature.hpp>

namespace strata::api {
namespace {

Result<Json> validate(Context& context, const std::string& text) {
    Address address;
    STRATA_OK(read(Json(text), address));
    // go-address writes the undefined address so.
    return address.defined() ? context.print(address) : Json("<empty>");
}

/// Verifies a signature. `address` must be a key address.
Result<Json> verify(Context&, const Address& address, const Bytes& data, const Signature& signature) {
    STRATA_OK(check_defined(address));
    return Json(verify_signature(signature, address, data).has_value());
}

}  // namespace

void add_wallet_methods(MethodTable& table) {
    table.add("WalletValidateAddress", validate);
    table.add("WalletVerify", verify);
}

}  // namespace strata::api
