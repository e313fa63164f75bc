#pragma once
// The state in which every sequence starts: a devnet with accounts of every kind and miners whose sectors were never
// sealed, because proofs follow a rule here (doors.hpp).
#include <strata/ipld/blockstore.hpp>
#include <strata/wallet/wallet.hpp>

namespace strata::differential {

/// A key that the generator can send and sign with.
struct Person {
    std::string name;
    wallet::PrivateKey key;
    Address address;  // f1, f3, or f4 of the Ethereum address manager
    friend bool operator==(const Person&, const Person&) = default;
};

struct Start {
    MemoryBlockstore blocks;
    Cid root;
    /// First those with an account at the start, then keys that have no actor yet.
    std::vector<Person> people;
    /// The person with this name (checked).
    const Person& person(std::string_view name) const;
};

/// The miners at the start, f01000 and f01001, with this number of sectors each.
inline constexpr std::size_t kStartMiners = 2;
inline constexpr std::size_t kStartSectors = 4;

/// Makes the state, which is the same each time. Errors: those of chain::make_genesis().
Result<Start> make_start();

}  // namespace strata::differential
