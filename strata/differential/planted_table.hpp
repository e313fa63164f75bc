#pragma once
// For tests: an implementation with one planted fault, so that a comparison has something to find.
#include <functional>

#include <strata/vm/kernel.hpp>

namespace strata::differential::testing {

/// Runs the code of `table`, but lets `change` alter what a method of one actor type did.
class PlantedTable final : public vm::ActorTable {
  public:
    using Change = std::function<vm::Syscall<vm::ActorExit>(vm::Kernel&, vm::ActorExit)>;

    /// `table` must outlive the object.
    PlantedTable(const vm::ActorTable& table, vm::ActorType type, MethodNumber method, Change change)
        : table_(table), type_(type), code_(*this), method_(method), change_(std::move(change)) {}
    bool knows(const Cid& code, vm::ActorType type) const override { return table_.knows(code, type); }
    const vm::ActorCode* find(const Cid& code, vm::ActorType type) const override {
        const auto* found = table_.find(code, type);
        if (type != type_ || found == nullptr) return found;
        code_.inner = found;
        return &code_;
    }

  private:
    struct Code final : vm::ActorCode {
        explicit Code(const PlantedTable& planted) : table(planted) {}
        vm::Syscall<vm::ActorExit> invoke(vm::Kernel& kernel, vm::BlockId params) const override {
            auto exit = inner->invoke(kernel, params);
            if (!exit || kernel.message().method != table.method_) return exit;
            return table.change_(kernel, std::move(*exit));
        }
        const PlantedTable& table;
        mutable const vm::ActorCode* inner = nullptr;
    };

    const vm::ActorTable& table_;
    vm::ActorType type_;
    Code code_;
    MethodNumber method_;
    Change change_;
};

}  // namespace strata::differential::testing
