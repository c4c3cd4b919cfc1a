//! What is done next with a confirmation, case by case.
