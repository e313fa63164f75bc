#pragma once
// The ABI of one contract as compilers write it in JSON: what its constructor takes, and its functions, events and
// errors by name, so that results, logs and reverts can be shown in words. Source: Solidity 0.8.28, "Contract ABI
// Specification" (JSON; Events; Errors).
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include <strata/base/result.hpp>
#include <strata/contracts/abi.hpp>

namespace strata::contracts {

struct AbiParameter {
    std::string type;  // as parse_types() reads it, so "(uint256,bool)[]" for an array of tuples
    std::string name;  // empty if it has none
    bool indexed = false;
};

struct AbiItem {
    enum class Kind : std::uint8_t { constructor, function, event, error };
    Kind kind{};
    std::string name;
    std::vector<AbiParameter> inputs;
    std::vector<AbiParameter> outputs;
    bool anonymous = false;  // an event whose first topic is not its signature

    /// Returns "transfer(address to, uint256 amount)", as a person reads it.
    std::string declaration() const;
};

class ContractAbi {
  public:
    /// Reads the array of an ABI. Items of other kinds, such as `receive`, are left out. Errors: invalid_argument;
    /// too_large.
    static Result<ContractAbi> read(const nlohmann::json& json);

    /// Returns the types of the constructor's arguments; none if the contract has no constructor. Errors:
    /// invalid_argument, if there are not `given` arguments, with the declaration.
    Result<std::vector<AbiType>> constructor(std::size_t given) const;

    /// Returns the function with this name that takes `given` arguments. Errors: invalid_argument, naming the functions
    /// that there are.
    Result<AbiFunction> function(std::string_view name, std::size_t given) const;
    /// Returns what a function with this signature returns; empty if the ABI has no such function.
    std::optional<std::vector<AbiType>> outputs(const AbiFunction& function) const;

    /// Returns "TooLittle(has: 1, needs: 2)" for the data of an error; empty if the ABI has no such error, or if the
    /// data is not one.
    std::optional<std::string> error(BytesView data) const;
    /// Returns "Transfer(from: 0x…, to: 0x…, value: 250)". Of an indexed string, array or tuple only the hash is known,
    /// which is shown instead. Empty if the ABI has no such event, if it is anonymous, or if the data is not one.
    std::optional<std::string> event(const std::vector<Bytes>& topics, BytesView data) const;

  private:
    std::vector<AbiItem> items_;
};

}  // namespace strata::contracts
