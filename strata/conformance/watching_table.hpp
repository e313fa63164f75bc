#pragma once
// An actor table that notes when a call reaches code that is not native yet: the rest of the sequence cannot be
// compared.
#include <set>

#include <strata/vm/machine.hpp>

namespace strata::conformance {

class WatchingTable final : public vm::ActorTable {
  public:
    /// `table` must outlive the object.
    explicit WatchingTable(const vm::ActorTable& table) : table_(table) {}
    /// Returns true even for an unknown bundle: a call of its code ends the comparison, not the execution.
    bool knows(const Cid&, vm::ActorType) const override { return true; }
    const vm::ActorCode* find(const Cid& code, vm::ActorType type) const override {
        const auto* found = table_.knows(code, type) ? table_.find(code, type) : nullptr;
        if (found == nullptr) missing_.insert(type);
        return found;
    }
    /// Returns the reason why the comparison ends here, and forgets it; empty if all code was native.
    std::string take_missing() {
        const auto missing = std::exchange(missing_, {});
        if (missing.empty()) return {};
        const auto name = vm::actor_type_name(*missing.begin());
        return "the code of " + (name.empty() ? "an unknown actor" : "the actor " + std::string(name)) +
               " is called, but it is not native yet";
    }

  private:
    const vm::ActorTable& table_;
    mutable std::set<vm::ActorType> missing_;
};

}  // namespace strata::conformance
